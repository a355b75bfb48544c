using System.Buffers;
using System.Security.Cryptography;

namespace Isthmus.Hl7v2;

/// <summary>
/// SHA-256 of a message without the MSH fields that a sender may change when it sends the same message again.
/// Two frames with one control id and one hash are a repeat.
/// </summary>
public static class ContentHash
{
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>MSH-7 time of sending, MSH-8 security, MSH-13 sequence number.</summary>
    public static ReadOnlySpan<int> TransportFields => [7, 8, 13];

    public static byte[] Compute(ReadOnlySpan<byte> message, ReadOnlySpan<int> ignoredMshFields)
    {
        var hash = new byte[Length];
        Compute(message, ignoredMshFields, hash);
        return hash;
    }

    /// <summary>
    /// Ignored fields count as empty; line ends count as written. A frame without a readable MSH is hashed whole.
    /// </summary>
    /// <param name="ignoredMshFields">Numbers as in the standard, in rising order; see <see cref="TransportFields"/>.</param>
    /// <param name="hash">At least <see cref="Length"/> bytes.</param>
    public static void Compute(ReadOnlySpan<byte> message, ReadOnlySpan<int> ignoredMshFields, Span<byte> hash)
    {
        var msh = MshStart.Find(message);
        if (!msh.CanSeparate || ignoredMshFields.IsEmpty)
        {
            SHA256.HashData(message, hash);
            return;
        }

        // One copy and one call beat feeding a hash in pieces: the copy is a twentieth of the hash.
        var content = ArrayPool<byte>.Shared.Rent(message.Length);
        try
        {
            var length = WithoutFields(message, msh, ignoredMshFields, content);
            SHA256.HashData(content.AsSpan(0, length), hash);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content.AsSpan(0, message.Length));
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private static int WithoutFields(ReadOnlySpan<byte> message, in MshStart msh, ReadOnlySpan<int> ignored, Span<byte> content)
    {
        var at = msh.AfterEncodingCharacters;
        var length = message[at..].IndexOfAny((byte)'\r', (byte)'\n');
        var end = length < 0 ? message.Length : at + length;
        message[..at].CopyTo(content);
        var written = at;
        for (var number = 3; at < end; number++)
        {
            // The separator, then the field unless ignored.
            content[written++] = message[at++];
            var next = message[at..end].IndexOf(msh.Delimiters.Field);
            var field = message[at..(next < 0 ? end : at + next)];
            if (!ignored.Contains(number))
            {
                field.CopyTo(content[written..]);
                written += field.Length;
            }

            at += field.Length;
        }

        message[end..].CopyTo(content[written..]);
        return written + message.Length - end;
    }
}
