using System.Text.RegularExpressions;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Testing;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>
/// Partners who know the standards and have never seen this code: clients by other people, in another language, on the sockets of a
/// running process. What they do is in Partners/partner.mjs; the other scripts there are how each library does it.
/// </summary>
public sealed partial class PartnerJourney(PartnerSite site, ITestOutputHelper output) : IClassFixture<PartnerSite>
{
    private static readonly string[] Steps =
        ["metadata", "ES384 direct", "RS384 direct", "ES384 byUrl", "RS384 byUrl", "certificate", "DPoP", "refusals"];

    [Theory]
    [InlineData("jose.mjs")]
    [InlineData("oauth4webapi.mjs")]
    [InlineData("openid-client.mjs")]
    [InlineData("openid-client-5.mjs")]
    public async Task Somebody_elses_client_gets_uses_and_gives_back_tokens(string script)
    {
        var (code, said) = await site.NodeAsync(script, await site.LetPartnerInAsync());

        output.WriteLine(said);
        Assert.True(code == 0, said);
        Assert.Equal(Steps, said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(Steps.Contains));
    }

    [Fact]
    public async Task The_example_with_curl_and_openssl_leads_from_a_key_to_an_answer()
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("docs", "protocols", "oauth-by-hand.md"));
        var blocks = Block().Matches(text).Select(m => m.Groups["shell"].Value);
        var script = Path.Combine(site.Folder, "by-hand.sh");
        await File.WriteAllTextAsync(script, $"set -euo pipefail\nisthmus() {{ dotnet '{IsthmusProcess.Binary}' \"$@\"; }}\n{string.Join('\n', blocks)}");
        var environment = new Dictionary<string, string>(site.OfOperator()) { ["ISSUER"] = site.Issuer, ["PATIENT"] = await site.PatientAsync() };

        var (code, said) = await site.RunAsync("bash", [script], environment);

        Assert.True(code == 0, said);
        Assert.Contains("\"resourceType\":\"Patient\"", said, StringComparison.Ordinal);
        Assert.Contains("\"active\":true", said, StringComparison.Ordinal);
        Assert.EndsWith("401\n", said, StringComparison.Ordinal);
    }

    [GeneratedRegex("^```sh\n(?<shell>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();
}
