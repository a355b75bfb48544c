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

    /// <summary>ISO-8859-1: every byte is the code point of the same number.</summary>
    public ReadOnlyMemory<byte> FromLatin1(ReadOnlySpan<byte> frame)
    {
        var text = Room(frame.Length * 2);
        var written = 0;
        foreach (var character in frame)
        {
            if (character < 0x80)
            {
                text[written++] = character;
            }
            else
            {
                text[written++] = (byte)(0xC0 | (character >> 6));
                text[written++] = (byte)(0x80 | (character & 0x3F));
            }
        }

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
