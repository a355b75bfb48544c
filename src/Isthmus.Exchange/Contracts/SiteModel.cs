namespace Isthmus.Exchange.Contracts;

/// <summary>A checked site: settings and contracts, ready to run. Swapped whole, never changed.</summary>
public sealed record SiteModel
{
    /// <summary>Version of the files it was loaded from.</summary>
    public string Version => Files.Version;

    /// <summary>The files themselves; each module parses its own folder of them.</summary>
    public required SiteFiles Files { get; init; }

    public required string Name { get; init; }

    public required SiteEnvironment Environment { get; init; }

    public required Tenant Tenant { get; init; }

    /// <summary>Where the node keeps what is not in the database; null leaves it to the host.</summary>
    public required string? DataFolder { get; init; }

    public required KeySettings Keys { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, ListenerSettings> Listeners { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, DestinationSettings> Destinations { get; init; }

    public required Watermarks Watermarks { get; init; }

    /// <summary><c>trace</c>, <c>debug</c>, <c>information</c>, <c>warning</c>, <c>error</c>.</summary>
    public required string LogLevel { get; init; }

    public required IReadOnlyList<IntegrationContract> Contracts { get; init; }

    /// <summary>Applications that call the API.</summary>
    public IReadOnlyList<ApiContract> ApiContracts { get; init; } = [];

    /// <summary>How third parties are let in; null lets nobody in.</summary>
    public AccessSettings? Access { get; init; }

    /// <summary>Which scopes reach which clinical action, and who may do it; null permits nothing at the door.</summary>
    public AccessTerms? AccessPolicy { get; init; }

    /// <summary>The contracts that a listener serves.</summary>
    public IEnumerable<IntegrationContract> OnListener(string listener) =>
        Contracts.Where(c => c.Source.Listener == listener);
}

public enum SiteEnvironment
{
    Demo,
    Test,
    Production,
}

public sealed record Tenant(short Id, string Name);


/// <summary>Below these, Inbound stops acknowledging before PostgreSQL fills.</summary>
public sealed record Watermarks(long DiskFreeBytes, int DiskFreePercent, TimeSpan QueueAge);
