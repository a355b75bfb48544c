using System.Text;

namespace Isthmus.Exchange.Deliveries;

/// <summary>
/// What a delivery's payload is bound to: it opens only in a row of its own message, person and destination. The payload itself is a
/// resource pack, compressed: for a FHIR destination the resources to put, for a webhook one document.
/// </summary>
public static class DeliverySeal
{
    public static byte[] Bound(long messageId, PersonId person, string destination) =>
        Encoding.UTF8.GetBytes($"delivery\0{messageId}\0{person.Value:N}\0{destination}");
}
