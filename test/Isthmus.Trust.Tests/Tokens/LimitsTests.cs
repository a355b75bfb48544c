using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tests.Tokens;

/// <summary>What docs/protocols/oauth.md says of limits is what the code holds people to.</summary>
public sealed class LimitsTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "protocols", "oauth.md"));

    [Fact]
    public void The_table_of_limits_says_what_the_code_does() => Assert.Equal(
        [
            ("body of a request", $"{FormFields.MostBytes / 1024} KiB, and {FormFields.MostFields} parameters"),
            ("body of a registration", $"{Registration.MostBytes / 1024} KiB"),
            ("assertion, access token, proof", $"{CompactJws.MostBytes / 1024} KiB"),
            ("key set", $"{KeySet.MostBytes / 1024} KiB, and {KeySet.MostKeys} keys"),
            ("lifetime of an assertion", $"{Assertion.Longest.TotalMinutes:0} minutes from now, or from its `iat` where the client's clock goes ahead within the skew"),
            ("`jti`", $"1 to {Assertion.LongestId} characters, once"),
            ("clock skew", $"{AccessSettings.DefaultSkew.TotalSeconds:0} s, at most {AccessSettings.LargestSkew.TotalSeconds:0} s (`access.clock-skew`)"),
            ("age of a DPoP proof", $"{DpopProof.Oldest.TotalSeconds:0} s and the skew"),
            ("access token", $"{AccessSettings.DefaultLifetime.TotalMinutes:0} minutes, at most {AccessSettings.LongestLifetime.TotalMinutes:0} (`access.token-lifetime`)"),
            ("registration", $"{Registration.Lifetime.TotalDays:0} days, unless it says otherwise"),
        ],
        Rows("## Limits"));

    [Fact]
    public void What_is_said_of_times_elsewhere_on_the_page_holds_too()
    {
        Assert.Equal(TimeSpan.FromMinutes(5), SigningKeys.SetMayBeKept);
        Assert.Contains("may be kept for five minutes", Page, StringComparison.Ordinal);
        Assert.Contains($"`expires_in` ({AccessSettings.DefaultLifetime.TotalSeconds:0}, at most {AccessSettings.LongestLifetime.TotalSeconds:0})", Page, StringComparison.Ordinal);
        Assert.Contains($"not in the future beyond the clock skew ({AccessSettings.DefaultSkew.TotalSeconds:0} s)", Page, StringComparison.Ordinal);
    }

    private static IEnumerable<(string What, string HowMuch)> Rows(string heading) => Page.Split('\n')
        .SkipWhile(l => l != heading).Skip(1).TakeWhile(l => !l.StartsWith('#'))
        .Where(l => l.StartsWith('|')).Skip(2)
        .Select(l => l.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (cells[1], cells[2]));
}
