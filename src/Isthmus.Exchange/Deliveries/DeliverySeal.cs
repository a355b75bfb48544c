using System.Text;

namespace Isthmus.Exchange.Deliveries;

/// <summary>
/// What a delivery's payload is bound to: it opens only in a row of its own message, person and destination. The payload itself is a
/// resource pack, compressed: for a FHIR destination the resources to put, for a webhook one document, for MLLP a message
/// (<see cref="MessageType"/>) together with the resources it was made of, over which consent is decided.
/// </summary>
public static class DeliverySeal
{
    /// <summary>The type under which an HL7 v2 message stands in a payload.</summary>
    public const string MessageType = "Hl7v2";

    public static byte[] Bound(long messageId, PersonId person, string destination) =>
        Encoding.UTF8.GetBytes($"delivery\0{messageId}\0{person.Value:N}\0{destination}");
}
