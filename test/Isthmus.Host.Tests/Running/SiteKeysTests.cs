using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Host.Tests.Running;

public sealed class SiteKeysTests : IDisposable
{
    private static readonly SiteModel Demo = SiteOpening.Load(new DirectoryInfo(Path.Combine(Repository.Root, "site", "demo")));

    private readonly string ours = Scratch.NewFolder("keys").FullName;
    private readonly string zones = Scratch.NewFolder("zone").FullName;

    [Fact]
    public void A_zone_is_given_the_keys_that_it_needs_and_no_others()
    {
        var files = new KeyFolder(ours);
        SiteKeys.CreateMissing(Demo, files);

        SiteKeys.Give(ZoneName.Inbound, Demo, files, zones);

        Assert.Equal(["mediation.seal.pub", "order.key"], Given());
    }

    [Fact]
    public void With_a_vault_a_zone_is_given_its_own_token_under_the_name_that_the_site_knows()
    {
        var site = Demo with
        {
            Keys = Demo.Keys with
            {
                Provider = KeyProvider.Vault,
                Vault = new VaultSettings(new Uri("https://vault.example"), "secret/data/isthmus", "vault-token", "vault-ca.pem", TimeSpan.FromSeconds(30)),
            },
        };
        File.WriteAllText(Path.Combine(ours, "vault-token"), "everybody's");
        File.WriteAllText(Path.Combine(ours, "vault-token.outbound"), "outbound's");
        File.WriteAllText(Path.Combine(ours, "vault-ca.pem"), "authority");

        SiteKeys.Give(ZoneName.Outbound, site, new KeyFolder(ours), zones);

        Assert.Equal(["vault-ca.pem", "vault-token"], Given());
        Assert.Equal("outbound's", File.ReadAllText(Path.Combine(zones, "vault-token")));
    }

    public void Dispose()
    {
        Directory.Delete(ours, recursive: true);
        Directory.Delete(zones, recursive: true);
    }

    private IEnumerable<string?> Given() => Directory.EnumerateFiles(zones).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
