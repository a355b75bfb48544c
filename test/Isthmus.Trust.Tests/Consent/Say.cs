using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Json;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>Short ways to write policies, consents and requests. Time stands at noon of 20 November 2026 in New York.</summary>
internal static class Say
{
    public static readonly PersonId Person = new(Guid.Parse("11111111-1111-4111-8111-111111111111"));
    public static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.FromHours(-5));

    public static ConsentPolicy Hipaa { get; } = new(
        "us-hipaa", "1.0.0", "US", NewYork, ConsentPrecedence.DenyWins, false,
        new Dictionary<string, PurposeRule>
        {
            ["TREAT"] = new(ConsentNeed.NotRequired, LawfulBasis.Treatment, false, new HashSet<string> { "ETH" }, "45 CFR 164.506"),
            ["HOPERAT"] = new(ConsentNeed.NotRequired, LawfulBasis.Operations, true, new HashSet<string>(), "45 CFR 164.506"),
            ["HRESCH"] = new(ConsentNeed.Required, LawfulBasis.Consent, true, new HashSet<string>(), "45 CFR 164.508"),
            ["HMARKT"] = new(ConsentNeed.Forbidden, LawfulBasis.Consent, true, new HashSet<string>(), "House rule"),
        });

    /// <summary>A jurisdiction in which even treatment needs a consent.</summary>
    public static ConsentPolicy OptIn { get; } = Hipaa with
    {
        Name = "opt-in",
        Purposes = new Dictionary<string, PurposeRule>
        {
            ["TREAT"] = new(ConsentNeed.Required, LawfulBasis.Consent, true, new HashSet<string>(), "Opt-in law"),
            ["HRESCH"] = new(ConsentNeed.Required, LawfulBasis.Consent, true, new HashSet<string>(), "Opt-in law"),
        },
    };

    public static DataFacts Observation { get; } = new("Observation", [], ["http://loinc.org|2823-3"]);

    /// <summary>A Consent whose provision is given; quotes may be written as apostrophes.</summary>
    public static ConsentDirective Signed(string provision, string status = "active", string more = "", string id = "c1", PersonId? person = null) =>
        Resource(
            $$"""{'resourceType':'Consent','id':'{{id}}','meta':{'versionId':'1'},'status':'{{status}}'{{more}},'provision':{{provision}}}""",
            person);

    public static ConsentDirective Resource(string json, PersonId? person = null)
    {
        var bytes = Encoding.UTF8.GetBytes(json.Replace('\'', '"'));
        var read = FhirJsonReader.Read(bytes);
        Assert.Null(read.Fault);
        return ConsentReader.Read(read.Root, person ?? Person, bytes);
    }

    public static ConsentRequest Ask(string? purpose = "HRESCH", params DataFacts[] data) => new()
    {
        Persons = new HashSet<PersonId> { Person },
        Purpose = purpose,
        Recipient = ["Organization/x", "urn:oid:1.2.3|registry-x"],
        Data = data.Length == 0 ? [Observation] : data,
        Jurisdiction = "US",
        At = Noon,
    };

    public static ConsentDecision Decide(ConsentPolicy? policy, ConsentRequest request, params ConsentDirective[] consents) =>
        ConsentDecider.Decide(policy, consents, request);

    public static void Permits(ConsentDecision decision, string reason = ConsentReasons.PermitOnFile)
    {
        Assert.Equal(reason, decision.Reason);
        Assert.Equal(ConsentEffect.Permit, decision.Effect);
    }

    public static void Denies(ConsentDecision decision, string reason)
    {
        Assert.Equal(reason, decision.Reason);
        Assert.Equal(ConsentEffect.Deny, decision.Effect);
    }

    public static string Actor(string reference, string role = "IRCP") =>
        $$$"""{'role':{'coding':[{'code':'{{{role}}}'}]},'reference':{'reference':'{{{reference}}}'}}""";
}
