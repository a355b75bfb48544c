using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace Isthmus.Simulators.Effects;

/// <summary>
/// The unit the log is written and flushed in: every request that arrived while the previous block was on its way to disk.
/// </summary>
/// <remarks>
/// Header (24 bytes, little-endian): magic, CRC-32C of all that follows, length of the index, length of the bodies when inflated,
/// length of the bodies as stored, number of records. Then the index (<see cref="EffectRecord"/>s, plain) and the bodies (deflate).
/// The index stands apart so that counting and ordering never inflate a body.
/// </remarks>
internal static class EffectBlock
{
    public const int HeaderLength = 24;
    private const uint Magic = 0x31425349;

    /// <summary>Composes a block into <paramref name="target"/>, which is cleared first.</summary>
    public static void Write(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> index, ReadOnlySpan<byte> bodies, int records, MemoryStream scratch)
    {
        scratch.SetLength(0);
        using (var deflate = new DeflateStream(scratch, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(bodies);
        }

        var stored = scratch.GetBuffer().AsSpan(0, (int)scratch.Length);
        var length = HeaderLength + index.Length + stored.Length;
        target.ResetWrittenCount();
        var block = target.GetSpan(length)[..length];
        index.CopyTo(block[HeaderLength..]);
        stored.CopyTo(block[(HeaderLength + index.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], index.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[12..], bodies.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[16..], stored.Length);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], records);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], Checksum(block[8..]));
        target.Advance(length);
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out EffectBlockHeader header)
    {
        header = default;
        if (bytes.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            return false;
        }

        header = new EffectBlockHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]));
        return header is { IndexLength: >= 0, BodiesLength: >= 0, StoredLength: >= 0, Records: >= 0 };
    }

    public static bool ChecksumHolds(ReadOnlySpan<byte> block, in EffectBlockHeader header) =>
        Checksum(block[8..]) == header.Checksum;

    public static byte[] Inflate(byte[] stored, int length)
    {
        var bodies = new byte[length];
        using var source = new MemoryStream(stored, writable: false);
        using var inflate = new DeflateStream(source, CompressionMode.Decompress);
        inflate.ReadExactly(bodies);
        return bodies;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var last in bytes)
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }
}

/// <summary>The lengths a block opens with.</summary>
internal readonly record struct EffectBlockHeader(
    uint Checksum, int IndexLength, int BodiesLength, int StoredLength, int Records)
{
    public long Length => EffectBlock.HeaderLength + (long)IndexLength + StoredLength;
}
