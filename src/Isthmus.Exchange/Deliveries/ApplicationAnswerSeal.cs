using System.Text;

namespace Isthmus.Exchange.Deliveries;

/// <summary>What the header behind an application acknowledgement is bound to: it opens only in the row of its own message and destination.</summary>
public static class ApplicationAnswerSeal
{
    public static byte[] Bound(long messageId, string destination) => Encoding.UTF8.GetBytes($"application-answer\0{messageId}\0{destination}");
}
