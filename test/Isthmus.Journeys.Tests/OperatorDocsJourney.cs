using System.Text.RegularExpressions;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;

namespace Isthmus.Journeys.Tests;

/// <summary>The commands that the pages for operators tell people to give, given as they stand there, on a running site.</summary>
public sealed partial class OperatorDocsJourney(PartnerSite site) : IClassFixture<PartnerSite>
{
    [Fact]
    public async Task Every_command_on_keys_clients_and_switches_works_as_it_is_written()
    {
        // A partner's developer has got a token before.
        var byHand = await PageAsync("protocols", "oauth-by-hand.md");
        string[] blocks =
        [
            .. BlocksOf(byHand[..byHand.IndexOf("## 5.", StringComparison.Ordinal)]), "cp hand.jwks.json client.jwks.json",
            .. BlocksOf(await PageAsync("operate", "door.md")), .. BlocksOf(await PageAsync("operate", "keys-and-clients.md")),
        ];

        var (code, said) = await site.RunShellAsync(blocks, new Dictionary<string, string> { ["ISSUER"] = site.Issuer });

        Assert.True(code == 0, said);
        Assert.Contains("patient-app switched off", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("door.md")]
    [InlineData("keys-and-clients.md")]
    public async Task No_block_of_these_pages_is_left_untried(string page)
    {
        var text = await PageAsync("operate", page);

        Assert.NotEmpty(BlocksOf(text));
        Assert.Equal(text.Split('\n').Count(l => l.StartsWith("```", StringComparison.Ordinal)), 2 * BlocksOf(text).Count());
    }

    private static Task<string> PageAsync(string folder, string page) => File.ReadAllTextAsync(Repository.PathOf("docs", folder, page));

    internal static IEnumerable<string> BlocksOf(string page) => Block().Matches(page).Select(m => m.Groups["shell"].Value);

    [GeneratedRegex("^```sh\n(?<shell>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();
}
