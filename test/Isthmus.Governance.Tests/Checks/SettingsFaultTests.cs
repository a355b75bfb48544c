namespace Isthmus.Governance.Tests.Checks;

/// <summary>Missing security configuration fails closed.</summary>
public sealed class SettingsFaultTests
{
    [Fact]
    public void A_listener_off_loopback_needs_tls() =>
        Assert.Contains(
            new DemoSite().Change(DemoSite.Settings, "bind: 127.0.0.1", "bind: 10.0.0.5").Load().Faults,
            f => f.Rule == "site.listener-tls-missing");

    [Theory]
    [InlineData("base-url: http://127.0.0.1:18080/fhir", "base-url: http://ehr.example/fhir")]
    [InlineData("token-url: http://127.0.0.1:18080/oauth2/token", "token-url: http://ehr.example/token")]
    public void A_destination_off_loopback_needs_https(string from, string to) =>
        new DemoSite().Change(DemoSite.Settings, from, to).OnlyFault("site.destination-tls-missing");

    [Theory]
    [InlineData("      key: ehr-client\n")]
    [InlineData("      client-id: isthmus\n")]
    [InlineData("      token-url: http://127.0.0.1:18080/oauth2/token\n")]
    [InlineData("      key: registry-webhook\n")]
    public void A_destination_needs_what_its_authentication_works_with(string line) =>
        new DemoSite().Change(DemoSite.Settings, line, "").OnlyFault("site.destination-auth-incomplete");

    [Fact]
    public void Two_zones_do_not_share_a_key() =>
        new DemoSite().Change(DemoSite.Settings, "pseudonyms: pseudonyms", "pseudonyms: records").OnlyFault("site.key-shared");

    [Fact]
    public void Two_listeners_do_not_share_a_port() =>
        new DemoSite().Change(
            DemoSite.Settings,
            "listeners:\n",
            """
            listeners:
              ward:
                kind: mllp
                bind: 127.0.0.1
                port: 2575
                limits: { max-frame: 1MiB, idle: 1m, slow-sender: 1s, max-connections: 1 }

            """).OnlyFault("site.listener-port-taken");
}
