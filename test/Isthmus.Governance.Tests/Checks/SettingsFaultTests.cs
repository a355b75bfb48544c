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

    [Theory]
    [InlineData("provider: environment", null)]
    [InlineData("provider: vault", "site.vault-incomplete")]
    [InlineData("vault: { address: \"https://vault.example:8200\", path: secret/data/isthmus, token: vault-token }", "site.vault-incomplete")]
    [InlineData("provider: vault\n  vault: { address: \"https://vault.example:8200\", path: secret/data/isthmus, token: vault-token, authorities: ca.pem, refresh: 1m }", null)]
    [InlineData("provider: vault\n  vault: { address: \"http://127.0.0.1:8200\", path: secret/data/isthmus, token: vault-token }", null)]
    [InlineData("provider: vault\n  vault: { address: \"http://vault.example:8200\", path: secret/data/isthmus, token: vault-token }", "site.vault-tls-missing")]
    public void Keys_come_from_a_source_that_can_keep_them(string lines, string? rule)
    {
        var site = new DemoSite().Change(DemoSite.Settings, "  folder: keys\n", $"  folder: keys\n  {lines}\n");

        if (rule is null)
        {
            Assert.Empty(site.Load().Faults);
        }
        else
        {
            site.OnlyFault(rule);
        }
    }

    [Fact]
    public void Production_takes_no_keys_from_the_environment() =>
        Assert.Contains(
            new DemoSite().Change(DemoSite.Settings, "environment: demo", "environment: production")
                .Change(DemoSite.Settings, "  folder: keys\n", "  folder: keys\n  provider: environment\n").Load().Faults,
            f => f.Rule == "site.keys-in-environment");

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

    [Theory]
    [InlineData("base-url: \"mllps://ward.example:2575\", authentication: { method: mutual-tls, key: ward }", null)]
    [InlineData("base-url: \"mllp://127.0.0.1:2575\", authentication: { method: network }", null)]
    [InlineData("base-url: \"mllp://ward.example:2575\", authentication: { method: network }", "site.destination-tls-missing")]
    [InlineData("base-url: \"mllps://ward.example:2575\", authentication: { method: mutual-tls }", "site.destination-auth-incomplete")]
    [InlineData("base-url: \"mllps://ward.example:2575\", authentication: { method: hmac-signature, key: ward }", "site.destination-auth-incomplete")]
    [InlineData("base-url: \"mllps://ward.example\", authentication: { method: network }", "site.value-invalid")]
    [InlineData("base-url: \"https://ward.example:2575\", authentication: { method: network }", "site.value-invalid")]
    public void A_receiver_over_MLLP_is_reached_under_TLS_and_by_its_own_methods(string ward, string? rule)
    {
        var site = new DemoSite().Change(
            DemoSite.Settings, "# Below these", $"  ward: {{ kind: mllp, {ward}, exposure: internal, timeout: 1s, concurrency: 1 }}\n\n# Below these");

        if (rule is null)
        {
            Assert.Empty(site.Load().Faults);
        }
        else
        {
            site.OnlyFault(rule);
        }
    }

    [Fact]
    public void A_FHIR_server_is_not_reached_without_credentials() =>
        new DemoSite().Change(DemoSite.Settings, "method: private-key-jwt", "method: network").OnlyFault("site.destination-auth-incomplete");

    [Fact]
    public void The_way_back_for_application_acknowledgements_is_a_receiver_over_MLLP() =>
        new DemoSite().Change(DemoSite.Contract, "  protocol: mllp", "  protocol: mllp\n  application-acknowledgement: ehr")
            .OnlyFault("contract.acknowledgement-destination");

    [Fact]
    public void A_source_speaks_the_protocol_of_its_listener() =>
        new DemoSite().Change(DemoSite.Settings, "kind: mllp", "kind: http").OnlyFault("contract.listener-protocol");

    [Fact]
    public void Messages_do_not_come_in_at_the_door_for_third_parties() =>
        new DemoSite().Change(DemoSite.Settings, "kind: mllp", "kind: api").Change(DemoSite.Contract, "  protocol: mllp", "  protocol: api")
            .OnlyFault("contract.listener-protocol");

    [Fact]
    public void Revocation_lists_need_authorities_whose_certificates_are_demanded() =>
        new DemoSite().Change(DemoSite.Settings, "    port: 2575\n", "    port: 2575\n    tls: { certificate: a, key: b, client-revocations: c }\n")
            .OnlyFault("site.listener-revocations-alone");
}
