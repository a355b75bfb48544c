using Isthmus.Exchange;
using Isthmus.Hl7v2;

namespace Isthmus.Inbound.Acknowledging;

/// <summary>How a frame is answered.</summary>
/// <param name="Code">MSA-1; of a batch the gravest.</param>
/// <param name="Refusal">Why it was not taken in; of a batch the reason of the gravest.</param>
/// <param name="Bytes">The acknowledgement; empty where the sender asked for none (MSH-15).</param>
internal readonly record struct Answer(AcknowledgementCode Code, Refusal? Refusal, ReadOnlyMemory<byte> Bytes)
{
    public bool IsAccepted => Refusal is null;
}
