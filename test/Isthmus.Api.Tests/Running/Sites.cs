using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Api.Tests.Running;

/// <summary>A site with an application that reads, and one that looks after tokens.</summary>
internal static class Sites
{
    public static ApiContract App { get; } = Contract("patient-app", AppClass.Read, "system/Patient.rs", "system/Observation.rs");

    public static ApiContract Desk { get; } = Contract("token-desk", AppClass.Admin, "token:introspect", "client:register");

    public static SiteModel Of(string issuer) => new()
    {
        Files = new SiteFiles("test", new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)),
        Name = "Test",
        Environment = SiteEnvironment.Test,
        Tenant = new Tenant(1, "test"),
        DataFolder = null,
        Keys = new KeySettings("keys", "records", "pseudonyms"),
        Listeners = new Dictionary<string, ListenerSettings>(StringComparer.Ordinal),
        Destinations = new Dictionary<string, DestinationSettings>(StringComparer.Ordinal),
        Watermarks = new Watermarks(1, 1, TimeSpan.FromHours(1)),
        LogLevel = "information",
        Contracts = [],
        ApiContracts = [App, Desk],
        Access = new AccessSettings { Issuer = issuer, Audience = issuer },
        AccessPolicy = new AccessTerms(
            "test", "1.0.0",
            [
                new ActionTerms("read-patients", "Read patients.", ["Patient.rs"], [], []),
                new ActionTerms("read-results", "Read results.", ["Observation.rs"], [], []),
                new ActionTerms("introspect-tokens", "Ask about tokens.", ["token:introspect"], [], []),
                new ActionTerms("register-clients", "Propose clients.", ["client:register"], [], []),
            ],
            [
                new AppClassTerms(AppClass.Read, ["system"], ["read-patients", "read-results"]),
                new AppClassTerms(AppClass.Admin, ["system"], ["introspect-tokens", "register-clients"]),
            ]),
    };

    private static ApiContract Contract(string name, AppClass appClass, params string[] scopes) => new()
    {
        Name = name,
        Version = "1.0.0",
        Purpose = "Is tried by a test.",
        Owners = new Owners("b", "t", "s", "o"),
        Class = appClass,
        Traffic = TrafficClass.Interactive,
        ConsentPurpose = "TREAT",
        Scopes = scopes,
        Routes = [],
        Quota = new Quota(10_000, 10_000),
    };
}
