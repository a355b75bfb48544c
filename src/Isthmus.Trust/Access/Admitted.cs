using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Phi;

namespace Isthmus.Trust.Access;

/// <summary>What a handler behind the door is given: who asks, what was permitted, and the request's body.</summary>
public sealed record Admitted
{
    /// <summary>Null on a route that asks for no token.</summary>
    public Caller? Caller { get; init; }

    /// <summary>The contract of the caller's integration; null as <see cref="Caller"/> is.</summary>
    public ApiContract? Contract { get; init; }

    /// <summary>What is done, and to which searches reading is restricted; null on a route that asks for no token.</summary>
    public AccessDecision? Decision { get; init; }

    /// <summary>Values of the path's parameters, by name.</summary>
    public required IReadOnlyDictionary<string, string> Path { get; init; }

    /// <summary>Whole, within the route's limit; empty where the route takes none.</summary>
    public PhiBytes Body { get; init; }

    /// <summary>By which everything that comes of this request can be found.</summary>
    public required string Correlation { get; init; }

    /// <summary>From 1; more where an earlier attempt under the same key was cut off and may have had its effect.</summary>
    public int Attempt { get; init; } = 1;
}
