using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>Brings a frame to valid UTF-8 in a buffer that is kept between frames.</summary>
internal sealed class Hl7Transcoder
{
    /// <summary>The buffer of a giant frame is not kept.</summary>
    private const int KeptBytes = 1024 * 1024;

    /// <summary>One byte becomes U+FFFD at worst.</summary>
    private const int LargestGrowth = 3;

    private byte[] buffer = [];

    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <param name="msh">Where MSH begins. What stands before is brought over by itself, lest half a character in it swallow the M.</param>
    /// <param name="firstFault">Offset in <paramref name="frame"/> of the first byte without character, or minus one.</param>
    public ReadOnlyMemory<byte> From(Hl7Charset charset, ReadOnlySpan<byte> frame, int msh, out int firstFault)
    {
        var text = Room(frame.Length * LargestGrowth);
        var written = charset.Decode(frame[..msh], text, out firstFault);
        written += charset.Decode(frame[msh..], text.AsSpan(written), out var fault);
        firstFault = firstFault < 0 && fault >= 0 ? msh + fault : firstFault;
        return text.AsMemory(0, written);
    }

    /// <summary>A frame that switches between character sets behind its MSH-2.</summary>
    /// <param name="declared">The set it begins in.</param>
    /// <param name="firstFault">Offset in <paramref name="frame"/> of the first byte without character, or minus one.</param>
    public ReadOnlyMemory<byte> FromSwitched(ReadOnlySpan<byte> frame, Hl7Charset declared, in MshStart msh, out int firstFault)
    {
        var text = Room(frame.Length * LargestGrowth);
        var switching = new Iso2022(frame, declared, msh.Delimiters.Escape, msh.AfterEncodingCharacters);
        var written = switching.Decode(text);
        firstFault = switching.FirstFault;
        return text.AsMemory(0, written);
    }

    /// <param name="frame">UTF-16 with or without byte order mark.</param>
    /// <param name="isSound">No half characters.</param>
    public ReadOnlyMemory<byte> FromUtf16(ReadOnlySpan<byte> frame, bool isBigEndian, out bool isSound)
    {
        var units = new char[(frame.Length + 1) / 2];
        for (var i = 0; i < units.Length; i++)
        {
            var (first, second) = (frame[2 * i], (2 * i) + 1 < frame.Length ? frame[(2 * i) + 1] : (byte)0);
            units[i] = (char)(isBigEndian ? (first << 8) | second : (second << 8) | first);
        }

        var text = Room(units.Length * LargestGrowth);
        var written = Encoding.UTF8.GetBytes(units, text);
        isSound = frame.Length % 2 == 0 && text.AsSpan(0, written).IndexOf(Replacement) < 0;
        return text.AsMemory(0, written);
    }

    /// <summary>Each invalid sequence becomes U+FFFD.</summary>
    /// <param name="firstFault">Offset of the first in <paramref name="frame"/>.</param>
    public ReadOnlyMemory<byte> FromInvalidUtf8(ReadOnlySpan<byte> frame, out int firstFault)
    {
        var text = Room(frame.Length * LargestGrowth);
        var written = 0;
        firstFault = -1;
        for (var at = 0; at < frame.Length;)
        {
            var status = Rune.DecodeFromUtf8(frame[at..], out var rune, out var consumed);
            if (status != OperationStatus.Done && firstFault < 0)
            {
                firstFault = at;
            }

            written += rune.EncodeToUtf8(text.AsSpan(written));
            at += consumed;
        }

        return text.AsMemory(0, written);
    }

    private byte[] Room(int bytes)
    {
        if (buffer.Length < bytes || buffer.Length > KeptBytes)
        {
            buffer = new byte[bytes];
        }

        return buffer;
    }
}
