using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>
/// A contract as read from its file, not yet held against the rest of the site. The sections keep the lines, so that
/// a check can say where.
/// </summary>
internal sealed record ContractDraft(
    string Path,
    Section Root,
    IntegrationContract Contract,
    IReadOnlyList<Section> Fields,
    IReadOnlyList<Section> Destinations,
    RiskDraft Risk);

internal static class ContractReader
{
    /// <summary>Stands in until the checks have resolved the policy by name; never leaves the loader.</summary>
    internal static readonly ConsentPolicy Unresolved = new(
        string.Empty, string.Empty, string.Empty, TimeZoneInfo.Utc, ConsentPrecedence.DenyWins, false, new Dictionary<string, PurposeRule>());

    public static ContractDraft Read(string path, Section root)
    {
        var fields = root.Each("fields", "lists every field that may cross; a field without a purpose does not pass");
        var destinations = root.Each("destinations", "says who gets what and on which ground");
        var rules = new FieldRules(fields.Select(FieldReader.Read));
        var contract = new IntegrationContract
        {
            Name = Words.Name(root, "contract", "names the integration"),
            Version = Words.Version(root, "version", "stands on every message it handled"),
            Purpose = Words.Sentence(root, "purpose", "says in plain words why the data moves"),
            Owners = Owners(root.Sub("owners", "says who answers for it")),
            Mode = root.Choice<DeliveryMode>("mode", "says whether callers wait, follow events or get batches"),
            Traffic = root.Choice<TrafficClass>("traffic", "says what goes first when there is too much"),
            Source = SourceReader.Read(root.Sub("source", "says who may send and what")),
            Schema = Pin(root.Sub("schema", "pins what the source speaks")),
            Map = Pin(root.Sub("map", "pins the translation")),
            Policy = Unresolved with { Name = Words.Name(root, "consent-policy", "says which rules on consent apply") },
            Destinations = [.. destinations.Select(DestinationReader.Read).Select(d => d with { Elements = rules.ElementsFor(d.Name).ToHashSet(StringComparer.Ordinal) })],
            Fields = rules,
            Critical = ClinicalReader.Critical(root.OptionalSub("critical")),
            Completeness = CompletenessReader.Read(root.OptionalSub("completeness")),
            Identity = ClinicalReader.Identity(root.Sub("identity", "says how the patient is known")),
            IdempotencyKey = root.Values<FieldLocation>("idempotency-key", null, Quantities.TryLocation, Quantities.LocationShape),
            Order = Order(root.Sub("order", "says what waits behind a stopped message")),
            Jurisdictions = root.Texts("jurisdictions", "says whose law applies"),
            Regions = root.Texts("regions", "says where the data may lie"),
            InitiatingRoles = root.Texts("initiating-roles", "says who may set it off"),
            Store = root.Choice<StoreMode>("store", "says how much is kept"),
            Retention = Retention(root.Sub("retention", "says how long each class is kept")),
            ServiceLevels = Levels(root.Sub("service-levels", "says what can be relied on")),
            Retirement = Retirement(root.Sub("retirement", "says how it ends")),
            Audit = root.Choice<AuditLevel>("audit", "says what the ledger keeps"),
            Tests = [.. root.Each("tests").Select(Test)],
            Risk = new RiskAssessment(RiskTier.Low, [], [], [], null),
        };
        return new ContractDraft(path, root, contract, fields, destinations, RiskReader.Read(root));
    }

    public static Owners Owners(Section owners) => new(
        owners.Text("business", "answers for why the data moves"),
        owners.Text("technical", "answers for how it moves"),
        owners.Text("support", "is where users turn to"),
        owners.Text("on-call", "is called at night"));

    private static VersionPin Pin(Section pin) => new(
        pin.Text("name", "says which one"),
        pin.Text("version", "holds it still"));

    private static OrderTerms Order(Section order) => new(
        order.Choice<BehindStopped>("demographics", "says whether demographics and merges wait"),
        order.Choice<BehindStopped>("results", "says whether results wait"),
        Span(order, "max-hold", "ends a hold that nobody ends"));

    private static RetentionTerms Retention(Section retention) => new(
        Span(retention, "journal", "bounds raw messages"),
        Span(retention, "records", "bounds canonical resources"),
        Span(retention, "payloads", "bounds payloads that wait"),
        Span(retention, "audit", "bounds the ledger"),
        Span(retention, "logs", "bounds operational logs"));

    private static ServiceLevels Levels(Section levels) => new(
        Span(levels, "acknowledge-p99", "says how fast senders are answered"),
        Span(levels, "deliver-p95", "says how fast receivers get it"),
        levels.Value<decimal>("availability", "says how often it is there", TryFraction, "a fraction such as 0.999"),
        Span(levels, "quiet", "says when silence is an alarm"));

    private static RetirementPlan Retirement(Section retirement) => new(
        retirement.Value<DateOnly>("review", "says when it is looked at again", Quantities.TryDate, "a date such as 2027-06-30"),
        Span(retirement, "notice", "says how early parties are told"),
        Words.Sentence(retirement, "plan", "says what becomes of routes, credentials and data"));

    private static ContractTest Test(Section test) => new(
        test.Text("file", "is the sample"),
        test.Choice<Outcome>("expect", "is what must become of it"));

    private static TimeSpan Span(Section section, string key, string why) =>
        section.Value<TimeSpan>(key, why, Quantities.TryDuration, Quantities.DurationShape);

    private static bool TryFraction(string text, out decimal value) => Quantities.TryDecimal(text, out value) && value is > 0 and < 1;
}
