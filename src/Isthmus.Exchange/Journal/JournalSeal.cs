using System.Text;

namespace Isthmus.Exchange.Journal;

/// <summary>What a journalled body is bound to: it opens only in the row of its own source and control id.</summary>
public static class JournalSeal
{
    public static byte[] Bound(string source, string controlId) => Encoding.UTF8.GetBytes($"journal\0{source}\0{controlId}");
}
