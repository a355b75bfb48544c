namespace Isthmus.Exchange.Contracts;

/// <summary>
/// One integration as a product: what may cross, from where, to whom, why, and on which terms.
/// Built only by the site loader, which has checked it; immutable, so a message can pin it by <see cref="Id"/>.
/// </summary>
public sealed record IntegrationContract
{
    /// <summary>Kebab-case name, unique in the site, e.g. <c>lab-results</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Semantic version of the contract itself.</summary>
    public required string Version { get; init; }

    /// <summary>Name and version, as messages, steps and ledger events record them: <c>lab-results@1.0.0</c>.</summary>
    public string Id => $"{Name}@{Version}";

    /// <summary>One sentence in plain language.</summary>
    public required string Purpose { get; init; }

    public required Owners Owners { get; init; }

    public required DeliveryMode Mode { get; init; }

    public required TrafficClass Traffic { get; init; }

    public required SourceTerms Source { get; init; }

    /// <summary>The schema or profile that the source speaks, with its pinned version.</summary>
    public required VersionPin Schema { get; init; }

    /// <summary>The map that translates it, with its pinned version; <see cref="VersionPin.Name"/> is the map's name below <c>maps/</c>.</summary>
    public required VersionPin Map { get; init; }

    /// <summary>The consent policy in force, already resolved.</summary>
    public required ConsentPolicy Policy { get; init; }

    public required IReadOnlyList<DestinationTerms> Destinations { get; init; }

    public required FieldRules Fields { get; init; }

    public required CriticalTerms Critical { get; init; }

    /// <summary>What becomes of messages of which something is missing or wrong.</summary>
    public required CompletenessTerms Completeness { get; init; }

    public required IdentityTerms Identity { get; init; }

    /// <summary>Names of the fields or facts that make one business transaction, e.g. <c>OBR-3</c>, <c>OBX-3</c>, <c>OBX-4</c>.</summary>
    public required IReadOnlyList<FieldLocation> IdempotencyKey { get; init; }

    /// <summary>What waits behind a stopped message of the same person.</summary>
    public required OrderTerms Order { get; init; }

    public required IReadOnlyList<string> Jurisdictions { get; init; }

    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>Roles at the source that may initiate this flow.</summary>
    public required IReadOnlyList<string> InitiatingRoles { get; init; }

    public required StoreMode Store { get; init; }

    public required RetentionTerms Retention { get; init; }

    public required ServiceLevels ServiceLevels { get; init; }

    public required RetirementPlan Retirement { get; init; }

    public required AuditLevel Audit { get; init; }

    /// <summary>Examples and negative examples that hold the contract to its word.</summary>
    public required IReadOnlyList<ContractTest> Tests { get; init; }

    public required RiskAssessment Risk { get; init; }

    /// <summary>The destination terms of that name, or null.</summary>
    public DestinationTerms? Destination(string name) => Destinations.FirstOrDefault(d => d.Name == name);
}

/// <param name="Business">Answers for why the data moves.</param>
/// <param name="Technical">Answers for how it moves.</param>
/// <param name="Support">Where a user of the flow turns to.</param>
/// <param name="OnCall">Who is called at night.</param>
public sealed record Owners(string Business, string Technical, string Support, string OnCall);

/// <summary>A named artefact held at one version.</summary>
public sealed record VersionPin(string Name, string Version)
{
    public override string ToString() => $"{Name}@{Version}";
}

public enum DeliveryMode
{
    Synchronous,
    Event,
    Batch,
}

/// <summary>Interactive traffic goes before batch traffic.</summary>
public enum TrafficClass
{
    Interactive,
    Batch,
}

/// <summary>How much this layer keeps. It is never authoritative over the system of record.</summary>
public enum StoreMode
{
    None,
    Reference,
    Minimal,
    Full,
}
