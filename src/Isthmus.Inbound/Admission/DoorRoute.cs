using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>In which form a route's refusals are written.</summary>
public enum RefusalForm
{
    /// <summary>application/problem+json (RFC 9457).</summary>
    Problem,

    /// <summary>An OAuth error (RFC 6749 section 5.2).</summary>
    OAuth,

    /// <summary>An OperationOutcome.</summary>
    Fhir,
}

/// <summary>How a route tells a repeat.</summary>
public enum Idempotency
{
    /// <summary>It has no effect, or one that may happen twice.</summary>
    None,

    /// <summary>A key is heeded where one is sent, and demanded where the contract of the caller demands one.</summary>
    Heeded,

    /// <summary>A key must be sent.</summary>
    Required,
}

/// <summary>One way through the door: what admission checks, and who answers.</summary>
public sealed record DoorRoute
{
    /// <summary>Kebab-case: in contracts, quotas, switches, audit and metrics.</summary>
    public required string Name { get; init; }

    public required string Method { get; init; }

    /// <summary>Literal segments and <c>{parameters}</c>, e.g. <c>/fhir/{type}/{id}</c>.</summary>
    public required string Template { get; init; }

    public required RefusalForm Form { get; init; }

    /// <summary>Whether a parameter's value can be one; others are as unknown as any other path.</summary>
    public Func<string, string, bool> Accepts { get; init; } = static (_, value) => value.Length <= 64;

    /// <summary>Media types of the body; empty where none may be sent.</summary>
    public IReadOnlyList<string> MediaTypes { get; init; } = [];

    /// <summary>The largest body in bytes.</summary>
    public int MostBytes { get; init; }

    /// <summary>Whether admission reads the body; otherwise the handler does, within <see cref="MostBytes"/>.</summary>
    public bool ReadsBody { get; init; } = true;

    /// <summary>What a request wants, from what its line and query say; null for a route that asks for no token.</summary>
    public Func<HttpRequest, IReadOnlyDictionary<string, string>, AccessNeed>? Need { get; init; }

    /// <summary>What the contract of the caller says to what the path names, such as a feed; null where naming the route is enough.</summary>
    public Func<ApiContract, IReadOnlyDictionary<string, string>, Refusal?>? Terms { get; init; }

    /// <summary>The path's parameter that names a resource type or a feed, by which quotas are kept apart; null where there is none.</summary>
    public string? ResourceParameter { get; init; }

    public Idempotency Idempotency { get; init; }

    /// <summary>How long an answer is remembered for repeats.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a twin waits for the first one's answer before it is told to come again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A key computed from the body, for clients that send none: a stable name of the business transaction; null where it has none.</summary>
    public Func<ReadOnlyMemory<byte>, string?>? BusinessKey { get; init; }

    /// <summary>The share of its quotas that holds now for a path, from 0 to 1: less while what lies behind it is degraded.</summary>
    public Func<IReadOnlyDictionary<string, string>, double> QuotaShare { get; init; } = static _ => 1;

    public required Func<HttpContext, Admitted, Task> Handler { get; init; }
}
