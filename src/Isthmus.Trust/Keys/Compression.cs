using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Isthmus.Trust.Keys;

/// <summary>
/// Compression before encryption. The first byte says how: 0 as it is, 1 Brotli. What does not shrink is kept as it is.
/// </summary>
public static class Compression
{
    /// <summary>Fast enough for the wire; clinical text shrinks to a third even so.</summary>
    private const int Quality = 1;

    private const int WindowBits = 18;

    /// <summary>Nothing we store expands beyond this; a larger claim is an attack or damage.</summary>
    private const int MostExpanded = 256 * 1024 * 1024;

    public static byte[] Pack(ReadOnlySpan<byte> content)
    {
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(content.Length) + 5);
        try
        {
            if (BrotliEncoder.TryCompress(content, room.AsSpan(5), out var written, Quality, WindowBits) && written + 5 < content.Length)
            {
                room[0] = 1;
                BinaryPrimitives.WriteInt32LittleEndian(room.AsSpan(1), content.Length);
                return room.AsSpan(0, written + 5).ToArray();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room, clearArray: true);
        }

        var plain = new byte[content.Length + 1];
        content.CopyTo(plain.AsSpan(1));
        return plain;
    }

    /// <exception cref="InvalidDataException">Not something that <see cref="Pack"/> made.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        if (packed.Length > 0 && packed[0] == 0)
        {
            return packed[1..].ToArray();
        }

        if (packed.Length < 5 || packed[0] != 1)
        {
            throw new InvalidDataException("Unknown compression.");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(packed[1..]);
        if (length is < 0 or > MostExpanded)
        {
            throw new InvalidDataException("Unlikely length.");
        }

        var content = new byte[length];
        if (!BrotliDecoder.TryDecompress(packed[5..], content, out var written) || written != length)
        {
            throw new InvalidDataException("Damaged content.");
        }

        return content;
    }
}
