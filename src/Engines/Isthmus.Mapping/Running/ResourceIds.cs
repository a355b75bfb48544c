using System.Security.Cryptography;

namespace Isthmus.Mapping.Running;

/// <summary>
/// Ids that come out the same whenever the same business object is translated again, and that tell nothing about it: in the
/// shape of a version 8 UUID (RFC 9562 section 5.8), the first half HMAC-SHA256 over source and the first part of the business
/// key, the second half over type, source and the whole of it. So a report and its observations, which begin their keys with
/// the same order number, lie side by side in every index, and storing them touches one page instead of a dozen.
/// </summary>
internal sealed class ResourceIds : IDisposable
{
    public const int Length = 36;

    private const int HalfLength = 8;
    private const int DigestLength = 32;

    /// <summary>A message speaks of few orders at a time: as many first halves are remembered.</summary>
    private const int FamiliesKept = 4;

    private readonly (byte[] Name, int Length, byte[] Half)[] families = [.. Enumerable.Range(0, FamiliesKept).Select(_ => (new byte[64], 0, new byte[HalfLength]))];
    private byte[] text = new byte[256];
    private IncrementalHash? hash;
    private ReadOnlyMemory<byte> key;
    private int next;

    private static ReadOnlySpan<byte> Digits => "0123456789abcdef"u8;

    /// <summary>Writes the id's 36 characters.</summary>
    public void Write(ReadOnlyMemory<byte> withKey, ReadOnlySpan<byte> type, ReadOnlySpan<byte> source, ReadOnlySpan<byte> businessKey, int ordinal, Span<byte> id)
    {
        if (hash is null || !key.Equals(withKey))
        {
            hash?.Dispose();
            hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, withKey.Span);
            key = withKey;
            Forget();
        }

        Span<byte> bytes = stackalloc byte[HalfLength + DigestLength];
        WriteFamily(source, FirstPart(businessKey), bytes);
        WriteMember(type, source, businessKey, ordinal, bytes[HalfLength..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        var at = 0;
        for (var i = 0; i < 16; i++)
        {
            if (i is 4 or 6 or 8 or 10)
            {
                id[at++] = (byte)'-';
            }

            id[at++] = Digits[bytes[i] >> 4];
            id[at++] = Digits[bytes[i] & 15];
        }
    }

    public void Dispose() => hash?.Dispose();

    /// <summary>The first part of a business key, or all of a key that is one value.</summary>
    private static ReadOnlySpan<byte> FirstPart(ReadOnlySpan<byte> businessKey) =>
        businessKey.IndexOf(ResourceTable.KeySeparator) is var end and >= 0 ? businessKey[..end] : businessKey;

    private void WriteFamily(ReadOnlySpan<byte> source, ReadOnlySpan<byte> firstPart, Span<byte> half)
    {
        // No type is empty, so that no member is ever hashed from the same bytes.
        var length = Append(firstPart, Append(source, Append([], 0)));
        var name = text.AsSpan(0, length);
        foreach (ref readonly var family in families.AsSpan())
        {
            if (name.SequenceEqual(family.Name.AsSpan(0, family.Length)))
            {
                family.Half.CopyTo(half);
                return;
            }
        }

        Digest(length, half[..DigestLength]);
        ref var oldest = ref families[next];
        next = (next + 1) % FamiliesKept;
        if (oldest.Name.Length < length)
        {
            oldest.Name = new byte[length];
        }

        name.CopyTo(oldest.Name);
        oldest.Length = length;
        half[..HalfLength].CopyTo(oldest.Half);
    }

    private void WriteMember(ReadOnlySpan<byte> type, ReadOnlySpan<byte> source, ReadOnlySpan<byte> businessKey, int ordinal, Span<byte> digest)
    {
        var length = Append(businessKey, Append(source, Append(type, 0)));
        if (ordinal > 0)
        {
            length = Append([(byte)(ordinal >> 24), (byte)(ordinal >> 16), (byte)(ordinal >> 8), (byte)ordinal], length);
        }

        Digest(length, digest);
    }

    /// <summary>Puts a part behind what is there, with a zero at its end; returns the length.</summary>
    private int Append(ReadOnlySpan<byte> part, int length)
    {
        if (text.Length < length + part.Length + 1)
        {
            Array.Resize(ref text, Math.Max(text.Length * 2, length + part.Length + 1));
        }

        part.CopyTo(text.AsSpan(length));
        text[length + part.Length] = 0;
        return length + part.Length + 1;
    }

    private void Digest(int length, Span<byte> digest)
    {
        hash!.AppendData(text, 0, length);
        hash.GetHashAndReset(digest);
    }

    private void Forget()
    {
        foreach (ref var family in families.AsSpan())
        {
            family.Length = 0;
        }
    }
}
