namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>How much a request may take before anybody behind the guard has seen it.</summary>
internal sealed record FramingLimits
{
    /// <summary>The longest searches by GET; longer ones go by POST to <c>_search</c>.</summary>
    public int RequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>All fields together, with their line ends. An access token, a DPoP proof and a client certificate in a field have room.</summary>
    public int HeaderBytes { get; init; } = 32 * 1024;

    public int Headers { get; init; } = 100;

    /// <summary>The body without its framing; null where whoever reads the body counts it.</summary>
    public long? BodyBytes { get; init; }

    /// <summary>From the first byte of a request to the end of its header. It arrives in one packet from any client that means well.</summary>
    public TimeSpan HeadWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the opening of a connection to its first byte; null where a sender may connect long before it has something to say.</summary>
    public TimeSpan? FirstWithin { get; init; }
}
