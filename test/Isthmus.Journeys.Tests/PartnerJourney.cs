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
    /// <summary>Every node knows within a second; starting Node takes as long.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(20);

    private static readonly string[] Steps =
        ["metadata", "ES384 direct", "RS384 direct", "ES384 byUrl", "RS384 byUrl", "certificate", "DPoP", "refusals", "registration"];

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

        // What it proposed waits until a person has approved it.
        var proposed = Proposed().Match(said).Groups["client"].Value;
        await site.ApproveAsync(proposed);
        await Eventually.Within(Known, "a token for who was approved", async () =>
            await site.NodeAsync(script, await site.LetPartnerInAsync(), proposed) is (0, "approved\n"));
    }

    [GeneratedRegex("^proposed (?<client>\\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Proposed();

    [Fact]
    public async Task The_examples_with_curl_and_openssl_lead_from_a_key_to_a_tour_of_the_records()
    {
        string[] hand = [.. await BlocksOfAsync("oauth-by-hand.md")];
        string[] tour = [.. await BlocksOfAsync("fhir-api.md")];
        var environment = new Dictionary<string, string> { ["ISSUER"] = site.Issuer, ["PATIENT"] = await site.PatientAsync() };

        var (code, said) = await site.RunShellAsync([.. hand[..^1], .. tour, hand[^1]], environment);

        Assert.True(code == 0, said);
        Assert.Contains("\"resourceType\":\"Patient\"", said, StringComparison.Ordinal);
        Assert.Contains("\"active\":true", said, StringComparison.Ordinal);
        Assert.Equal(5, said.Split("\"type\":\"searchset\"").Length - 1);
        Assert.Contains("\"type\":\"history\"", said, StringComparison.Ordinal);
        Assert.Contains("\"family\":\"Albrecht\"", said, StringComparison.Ordinal);
        Assert.EndsWith("401\n", said, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string>> BlocksOfAsync(string page) =>
        OperatorDocsJourney.BlocksOf(await File.ReadAllTextAsync(Repository.PathOf("docs", "protocols", page)));
}
