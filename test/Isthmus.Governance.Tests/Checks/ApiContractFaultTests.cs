using Isthmus.Exchange.Contracts;

namespace Isthmus.Governance.Tests.Checks;

/// <summary>How third parties are let in, as a site says it.</summary>
public sealed class ApiContractFaultTests
{
    private const string Api = "integrations/patient-app.yaml";

    [Fact]
    public void The_demo_lets_two_applications_in()
    {
        var site = new DemoSite(whole: true).Load();

        Assert.Empty(site.Faults);
        Assert.Equal(["outreach-lab", "patient-app"], site.Model!.ApiContracts.Select(c => c.Name));
        var contract = site.Model.ApiContracts[1];
        Assert.Equal(("patient-app@1.0.0", AppClass.Read, "TREAT"), (contract.Id, contract.Class, contract.ConsentPurpose));
        Assert.Equal(site.Model.Access!.Issuer, site.Model.Access.Audience);
        Assert.Equal(TimeSpan.FromMinutes(5), site.Model.Access.TokenLifetime);
        Assert.DoesNotContain(site.Model.Contracts, c => c.Name == contract.Name);
    }

    [Theory]
    [InlineData("issuer: http://127.0.0.1:8443", "issuer: http://isthmus.example", "site.issuer-tls-missing")]
    [InlineData("issuer: http://127.0.0.1:8443", "issuer: https://isthmus.example/", "site.value-invalid")]
    [InlineData("issuer: http://127.0.0.1:8443", "issuer: https://isthmus.example?a=b", "site.value-invalid")]
    [InlineData("token-lifetime: 5m", "token-lifetime: 16m", "site.value-invalid")]
    [InlineData("token-lifetime: 5m", "token-lifetime: 59s", "site.value-invalid")]
    [InlineData("clock-skew: 30s", "clock-skew: 61s", "site.value-invalid")]
    [InlineData("clock-skew: 30s", "proxies: [10.1.0.0/33]", "site.value-invalid")]
    [InlineData("clock-skew: 30s", "trusted-issuers: [{ issuer: \"https://idp.example\", jwks-url: \"http://idp.example/jwks\", audience: us, algorithms: [ES384] }]", "site.issuer-tls-missing")]
    [InlineData("clock-skew: 30s", "trusted-issuers: [{ issuer: \"https://idp.example\", jwks-url: \"https://idp.example/jwks\", audience: us, algorithms: [RS256] }]", "site.value-invalid")]
    [InlineData("clock-skew: 30s", "certificate-address: http://door.example", "site.issuer-tls-missing")]
    [InlineData("clock-skew: 30s", "alerts: { window: 2h }", "site.value-invalid")]
    [InlineData("clock-skew: 30s", "alerts: { spread: 501 }", "site.value-invalid")]
    [InlineData("port: 8443", "port: 8443\n    tls: { certificate: a.pem, key: a.key, client-certificates: welcome }", "site.listener-certificates-alone")]
    [InlineData("port: 2575", "port: 2575\n    tls: { certificate: a.pem, key: a.key, client-authorities: b.pem, client-certificates: welcome }", "site.listener-certificates-alone")]
    [InlineData("clock-skew: 30s", "trusted-issuers: [{ issuer: \"http://127.0.0.1:8443\", jwks-url: \"https://idp.example/jwks\", audience: us, algorithms: [ES384] }]", "site.issuer-duplicate")]
    public void Who_issues_tokens_is_reached_under_TLS_and_bounded(string from, string to, string rule) =>
        new DemoSite().Change(DemoSite.Settings, from, to).OnlyFault(rule);

    [Theory]
    [InlineData("  - system/Patient.rs\n", "  - system/Patient.zz\n", "contract.scope-unreadable")]
    [InlineData("  - system/Patient.rs\n", "  - system/Patient.cruds\n", "contract.scope-beyond-class")]
    [InlineData("  - system/Patient.rs\n", "  - \"system/*.rs\"\n", "contract.scope-beyond-class")]
    [InlineData("contract: patient-app", "contract: lab-results", "contract.name-taken")]
    [InlineData("class: read", "class: root", "site.value-invalid")]
    [InlineData("consent-policy: us-hipaa", "consent-policy: us-hippa", "contract.policy-unknown")]
    [InlineData("consent-purpose: TREAT", "consent-purpose: TREET", "contract.consent-purpose-unknown")]
    [InlineData("consent-purpose: TREAT", "consent-purpose: HMARKT", "contract.consent-purpose-forbidden")]
    [InlineData("kind: api\n", "kind: api\nsource: x\n", "site.key-unknown")]
    public void An_application_holds_what_its_class_may(string from, string to, string rule) =>
        new DemoSite(whole: true).Change(Api, from, to).OnlyFault(rule);

    [Theory]
    [InlineData("feed: lab-results", "feed: lab-resluts", "contract.feed-unknown")]
    [InlineData("feed: lab-results", "feed: patient-administration", "contract.feed-not-at-door")]
    [InlineData("application: LAB", "application: OTHER", "contract.feed-sender-unknown")]
    [InlineData("feeds:\n", "feeds:\n  - feed: lab-results\n", "contract.feed-duplicate")]
    [InlineData("idempotency-key: heeded", "idempotency-key: wanted", "site.value-invalid")]
    public void A_feed_is_handed_in_where_both_contracts_say_so(string from, string to, string rule) =>
        new DemoSite(whole: true).Change("integrations/outreach-lab.yaml", from, to).OnlyFault(rule);

    [Fact]
    public void A_feed_may_come_through_the_door_alone() =>
        Assert.Empty(AtDoor(new DemoSite(whole: true)).Load().Faults);

    [Fact]
    public void What_comes_through_the_door_alone_comes_under_tokens() =>
        AtDoor(new DemoSite(whole: true)).Change("integrations/lab-results.yaml", "authentication: token", "authentication: network").OnlyFault("contract.listener-protocol");

    private static DemoSite AtDoor(DemoSite site) => site
        .Change("integrations/lab-results.yaml", "listener: lab\n", "listener: api\n")
        .Change("integrations/lab-results.yaml", "protocol: mllp\n", "protocol: api\n")
        .Change("integrations/lab-results.yaml", "authentication: network\n", "authentication: token\n")
        .Change("integrations/lab-results.yaml", "  door: true\n", "");

    [Fact]
    public void What_comes_side_by_side_has_no_sequence() =>
        new DemoSite(whole: true).Change("integrations/lab-results.yaml", "  door: true\n", "  door: true\n  sequence-numbers: required\n").OnlyFault("contract.sequence-at-door");

    [Theory]
    [InlineData("consent-policy: us-hipaa", "us-hipaa")]
    [InlineData("consent-policy: us-other", "us-other")]
    public void An_application_reads_under_the_policy_that_it_names(string line, string policy)
    {
        var site = WithTwoPolicies().Change(Api, "consent-policy: us-hipaa", line).Load();

        Assert.Empty(site.Faults);
        Assert.Equal(policy, Assert.Single(site.Model!.ApiContracts, c => c.Name == "patient-app").Policy!.Name);
    }

    [Fact]
    public void One_that_names_none_reads_under_the_only_one_and_where_there_are_several_it_must_say_which()
    {
        Assert.All(new DemoSite(whole: true).Change(Api, "consent-policy: us-hipaa\n", "").Load().Model!.ApiContracts, c => Assert.Equal("us-hipaa", c.Policy!.Name));
        WithTwoPolicies().Change(Api, "consent-policy: us-hipaa\n", "").OnlyFault("contract.policy-unknown");
    }

    private static DemoSite WithTwoPolicies()
    {
        var site = new DemoSite(whole: true);
        site["policies/other.yaml"] = site[DemoSite.Policy].Replace("policy: us-hipaa", "policy: us-other", StringComparison.Ordinal);
        return site;
    }

    [Fact]
    public void Nobody_is_let_in_without_an_access_policy() =>
        new DemoSite(whole: true).Remove("integrations/outreach-lab.yaml").Remove("policies/access.yaml").OnlyFault("site.access-missing");
}
