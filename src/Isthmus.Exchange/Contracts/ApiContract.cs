namespace Isthmus.Exchange.Contracts;

/// <summary>
/// An application that calls the API, as a product: what it may ever be given and why. Its clients are registered for it, one or more
/// per environment, and none has a scope beyond it.
/// </summary>
public sealed record ApiContract
{
    /// <summary>Kebab-case name, unique among all contracts of the site.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>As decisions record it: <c>patient-app@1.0.0</c>.</summary>
    public string Id => $"{Name}@{Version}";

    /// <summary>One sentence in plain language.</summary>
    public required string Purpose { get; init; }

    public required Owners Owners { get; init; }

    public required AppClass Class { get; init; }

    /// <summary>What its traffic is unless a client is registered for the other class.</summary>
    public required TrafficClass Traffic { get; init; }

    /// <summary>The purpose under which consent is decided when it reads, e.g. <c>TREAT</c>.</summary>
    public required string ConsentPurpose { get; init; }

    /// <summary>The policy by which consent is decided when it reads; null where the site has none, and then it reads of no person.</summary>
    public ConsentPolicy? Policy { get; init; }

    /// <summary>The most that any of its clients may hold, one scope each.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Names of the routes that it may call.</summary>
    public required IReadOnlyList<string> Routes { get; init; }

    /// <summary>The feeds whose messages its clients may hand in at the door; none where it hands in nothing.</summary>
    public IReadOnlyList<ApiFeed> Feeds { get; init; } = [];

    /// <summary>Whether each of its requests that has an effect must bring an <c>Idempotency-Key</c>, even where its content names the transaction.</summary>
    public bool DemandsKey { get; init; }

    /// <summary>How much each of its clients may ask for, per route and resource type, unless <see cref="Quotas"/> says otherwise.</summary>
    public required Quota Quota { get; init; }

    /// <summary>Narrower than <see cref="Quota"/>; the first that fits decides.</summary>
    public IReadOnlyList<ApiQuota> Quotas { get; init; } = [];

    /// <summary>Whether its requests go on, counted by each node alone, while quotas cannot be counted; otherwise they are refused.</summary>
    public bool CountsAloneWhenUncounted { get; init; }

    /// <summary>The quota of one bucket.</summary>
    public Quota QuotaFor(string route, string resource, TrafficClass traffic) =>
        Quotas.FirstOrDefault(q => q.Fits(route, resource, traffic))?.Quota ?? Quota;
}

/// <summary>A feed that an application hands messages in for.</summary>
/// <param name="Name">Of the contract of the feed.</param>
/// <param name="Senders">
/// Those of the feed's senders (MSH-3 and MSH-4) as whom it may speak; empty for all of them.
/// </param>
public sealed record ApiFeed(string Name, IReadOnlyList<Sender> Senders)
{
    public bool MaySpeakAs(string application, string facility) =>
        Senders.Count == 0 || Senders.Any(s => s.Application == application && s.Facility == facility);
}

/// <param name="Route">Null for every route.</param>
/// <param name="Resource">A resource type; null for every one, and for routes without.</param>
/// <param name="Traffic">Null for both classes.</param>
public sealed record ApiQuota(string? Route, string? Resource, TrafficClass? Traffic, Quota Quota)
{
    public bool Fits(string route, string resource, TrafficClass traffic) =>
        (Route is null || Route == route) && (Resource is null || Resource == resource) && (Traffic is null || Traffic == traffic);
}
