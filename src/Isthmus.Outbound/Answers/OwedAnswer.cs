using Isthmus.Hl7v2;
using Isthmus.Store.Leases;

namespace Isthmus.Outbound.Answers;

/// <summary>An application acknowledgement that is owed to a sender and due.</summary>
internal sealed record OwedAnswer
{
    public required long MessageId { get; init; }

    public required short Tenant { get; init; }

    public required string Destination { get; init; }

    /// <summary>a always, e when it failed, s when it succeeded.</summary>
    public required char Wanted { get; init; }

    public required AcknowledgementCode Code { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public required AcknowledgementError? Error { get; init; }

    /// <summary>Deliveries of the message that have not ended well: under way, or waiting for a person.</summary>
    public required long Open { get; init; }

    public required int Attempts { get; init; }

    public required TimeSpan Age { get; init; }

    public required int SealKey { get; init; }

    public required long SealNonce { get; init; }

    /// <summary>The message's MSH, sealed.</summary>
    public required byte[] SealedHeader { get; init; }

    /// <summary>The lease under which it may be settled.</summary>
    public required LeasedPartition Lease { get; init; }

    public bool IsWanted => Wanted switch
    {
        'e' => Code != AcknowledgementCode.AA,
        's' => Code == AcknowledgementCode.AA,
        _ => true,
    };

    /// <summary>Its own control id: the same at every attempt, so that the sender knows a repeat.</summary>
    public string ControlId => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A{MessageId}");
}
