using Isthmus.Exchange.Packs;
using Isthmus.Exchange.Phi;

namespace Isthmus.Outbound.Connectors;

/// <summary>Speaks one partner protocol.</summary>
internal interface Connector : IDisposable
{
    /// <summary>The name in <c>isthmus.yaml</c>, e.g. <c>fhir-rest</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the same request may be sent again at any time, because the partner knows a repeat. Where it may not, an attempt that
    /// may have taken effect is the last one until a person decides.
    /// </summary>
    bool RepeatsAreSafe { get; }

    /// <summary>One attempt. A failure of the partner or of the way to it is a value; only cancellation throws.</summary>
    Task<DeliveryResult> SendAsync(DeliveryPayload payload, CancellationToken cancellation);
}

/// <summary>What one delivery sends.</summary>
/// <param name="Key">The same for every attempt at this delivery, and for no other delivery.</param>
/// <param name="Documents">The content, in order.</param>
[Phi]
internal sealed record DeliveryPayload(string Key, IReadOnlyList<PackedResource> Documents)
{
    public override string ToString() => $"[phi, {Documents.Count} documents]";
}
