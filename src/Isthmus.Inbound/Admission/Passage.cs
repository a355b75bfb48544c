using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.Quotas;
using Isthmus.Trust.Access.State;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Admission;

/// <summary>One request on its way through admission: each step finds what the steps before it found out.</summary>
internal sealed class Passage(HttpContext call, Correlation correlation, SiteModel site, AccessState state) : IDisposable
{
    private BodyBuffer? buffer;

    public HttpContext Call => call;

    public HttpRequest Request => call.Request;

    public Correlation Correlation => correlation;

    /// <summary>The site as it was when the request came; the same for all steps.</summary>
    public SiteModel Site => site;

    /// <summary>Clients, keys and switches as they were when the request came, or when it was looked at again.</summary>
    public AccessState State { get; set; } = state;

    /// <summary>Set by the step <c>route</c>.</summary>
    public DoorRoute Route { get; set; } = null!;

    /// <summary>Whether <see cref="Route"/> was found.</summary>
    public bool HasRoute => Route is not null;

    public IReadOnlyDictionary<string, string> Path { get; set; } = null!;

    /// <summary>Set by the step <c>token</c>; null on a route without.</summary>
    public Caller? Caller { get; set; }

    /// <summary>Set by the step <c>token</c>: whose token was refused; null where it is nobody's.</summary>
    public string? Holder { get; set; }

    /// <summary>Set by the step <c>contract</c>.</summary>
    public ApiContract? Contract { get; set; }

    /// <summary>Set by the step <c>quota</c>; its figures stand on every answer.</summary>
    public QuotaVerdict? Quota { get; set; }

    /// <summary>Set by the step <c>scope</c>.</summary>
    public AccessDecision? Decision { get; set; }

    /// <summary>Set by the step <c>body</c>.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Set by the step <c>idempotency</c> where the request goes under a key.</summary>
    public IdempotentRequest? Idempotent { get; set; }

    public int Attempt { get; set; } = 1;

    /// <summary>Whether the request was answered before a step was done with it.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>The first answer, of a repeat: it is given again, and no handler runs.</summary>
    public StoredAnswer? Answer { get; set; }

    /// <summary>The resource type that quotas are kept apart by; empty where the route has none.</summary>
    public string Resource => Route.ResourceParameter is { } name ? Path.GetValueOrDefault(name, string.Empty) : string.Empty;

    /// <summary>Holds the memory of a body until the request is answered.</summary>
    public BodyBuffer Hold(BodyBuffer body) => buffer = body;

    /// <summary>Gives the body's memory back.</summary>
    public void Dispose() => buffer?.Return();

    public Admitted Admitted() => new()
    {
        Caller = Caller,
        Contract = Contract,
        Decision = Decision,
        Path = Path,
        Body = new(Body),
        Correlation = correlation.Id,
        Attempt = Attempt,
    };
}
