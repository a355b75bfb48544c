using Isthmus.Governance.Checks;
using Isthmus.Governance.Reading;
using Isthmus.Testing;
using Isthmus.Trust.Consent.Decision;

namespace Isthmus.Governance.Tests.Loading;

/// <summary>docs/reference/contract.md names every key that is read, and no other.</summary>
public sealed class ReferenceTests
{
    /// <summary>Headings of the reference, and which file or folder of a site each is about.</summary>
    private static readonly (string Heading, string Place)[] Parts =
    [
        ("## isthmus.yaml", SiteReader.SettingsFile),
        ("## integrations/*.yaml", SiteReader.ContractFolder),
        ("## policies/*.yaml", SiteReader.PolicyFolder),
        ("## policies/access.yaml", SiteReader.AccessFile),
        ("## integrations/*.yaml of kind api", SiteReader.ApiContractPlace),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_reference_is_complete(int part)
    {
        var (heading, place) = Parts[part];

        Assert.Equal(KeysRead(place), KeysDescribed(heading));
    }

    private static IEnumerable<string> KeysRead(string place)
    {
        // What the demo leaves out is added, so that every branch of the readers is taken.
        var site = new DemoSite(whole: true)
            .Change(DemoSite.Settings, "    limits:\n", "    tls: { certificate: lab.pem, key: lab.key }\n    limits:\n")
            .Change(DemoSite.Settings, "  folder: keys\n", "  folder: keys\n  vault: { address: \"https://vault.example\", path: p, token: t, authorities: a }\n")
            .Change(DemoSite.Settings, "  token-lifetime: 5m\n", "  token-lifetime: 5m\n  alerts: { window: 5m }\n  trusted-issuers: [{ issuer: \"https://idp.example\", jwks-url: \"https://idp.example/jwks\", audience: us, algorithms: [ES384] }]\n")
            .Change(DemoSite.Settings, "# Below these", "  ward: { kind: mllp, base-url: \"mllp://127.0.0.1:2576\", exposure: internal, authentication: { method: network }, sender: { application: A, facility: B }, receiver: { application: C, facility: D }, timeout: 1s, concurrency: 1 }\n\n# Below these")
            .Change(DemoSite.Contract, "# What must become", """
                waivers:
                  - { control: approval, reason: "It is being put in place.", approved-by: A, expires: 2030-01-01 }

                # What must become
                """);
        return SiteReader.Read(site.Files, site.Environment).Asked
            .Where(a => a.StartsWith(place + " ", StringComparison.Ordinal))
            .Select(a => a[(place.Length + 1)..])
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> KeysDescribed(string heading)
    {
        var lines = File.ReadAllLines(Repository.PathOf("docs", "reference", "contract.md"));
        return lines.SkipWhile(l => l != heading).Skip(1).TakeWhile(l => !l.StartsWith("##", StringComparison.Ordinal))
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => l.Split('`')[1])
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Every_reason_of_a_consent_decision_is_described() =>
        Assert.Equal(
            typeof(ConsentReasons).GetFields().Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
            KeysDescribed("### Why a decision fell as it did"));

    [Fact]
    public void Every_control_is_described() =>
        Assert.Subset(KeysDescribed("### Risk tier").ToHashSet(), Control.All.Select(c => c.Name).ToHashSet());
}
