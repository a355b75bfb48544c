using System.Globalization;
using Isthmus.Hl7v2;

namespace Isthmus.Inbound.Receiving;

/// <summary>MSH-13 as the sequence number protocol reads it (HL7 v2.5.1 §2.10.1).</summary>
internal static class SequenceNumber
{
    /// <summary>The sender starts the link, and asks which number is due.</summary>
    public const long Start = 0;

    /// <summary>The sender sets its numbers anew: the next message that is accepted says where they begin.</summary>
    public const long Resynchronise = -1;

    /// <summary>NM has 16 characters, of which 15 are digits.</summary>
    private const long Largest = 999_999_999_999_999;

    /// <summary>Null where MSH-13 is no number of the protocol.</summary>
    public static long? Read(ReadOnlySpan<byte> field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= Resynchronise and <= Largest
            ? number
            : null;

    /// <summary>
    /// Whether there is anything in a message besides its header. One that starts a link has no functional content (§2.10.1 f), and
    /// what has some must not be acknowledged without being kept.
    /// </summary>
    public static bool HasContent(ReadOnlySpan<byte> frame, in Hl7Header header)
    {
        var rest = frame[header.Msh.End..];
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            foreach (var character in line.Length > 3 ? line[3..] : default)
            {
                if (character != header.Delimiters.Field && character is not ((byte)' ' or (byte)'"'))
                {
                    return true;
                }
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return false;
    }
}
