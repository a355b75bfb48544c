using Isthmus.Trust.Consent.Decision;

namespace Isthmus.Outbound.Deliveries;

/// <summary>The states of a delivery's row.</summary>
internal enum DeliveryState
{
    Pending,
    Delivered,
    Denied,
    Dead,
    Held,
}

internal static class DeliveryStates
{
    /// <summary>As the row holds it.</summary>
    public static string Letter(this DeliveryState state) => state switch
    {
        DeliveryState.Pending => "p",
        DeliveryState.Delivered => "d",
        DeliveryState.Denied => "x",
        DeliveryState.Dead => "k",
        DeliveryState.Held => "h",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Name(this DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Denied => "denied",
        DeliveryState.Dead => "dead",
        DeliveryState.Held => "held",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}

/// <summary>What one attempt, or the decision against one, makes of a delivery.</summary>
internal sealed record Settlement
{
    public required Delivery Delivery { get; init; }

    public required string Destination { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>Attempts made, this one included.</summary>
    public required int Attempts { get; init; }

    /// <summary>Null if the attempt did not come that far: what the row says stands.</summary>
    public ConsentDecision? Consent { get; init; }

    /// <summary>The failure's rule, null after success.</summary>
    public string? Rule { get; init; }

    /// <summary>What the partner said, as a number: an HTTP status or the code of ERR-3; 0 if it said nothing.</summary>
    public int Status { get; init; }

    /// <summary>For a pending delivery: until its next attempt.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether the payload outlives the end of the delivery, as its contract says.</summary>
    public bool KeepsPayload { get; init; }

    /// <summary>Whether it may have been noted as begun; see <see cref="BegunAttempts"/>.</summary>
    public bool MayHaveBegun { get; init; }

    /// <summary>Type/id of what was or would have been written; filled where dead letters need to know.</summary>
    public string[] Resources { get; init; } = [];

    /// <summary>Called once: true when the settlement is durable, false when the lease was lost and another node will do it again.</summary>
    public required Action<Settlement, bool> Done { get; init; }

    public bool IsFinal => State is DeliveryState.Delivered or DeliveryState.Denied or DeliveryState.Dead;
}
