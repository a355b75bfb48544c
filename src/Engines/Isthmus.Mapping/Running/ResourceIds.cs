using System.Security.Cryptography;

namespace Isthmus.Mapping.Running;

/// <summary>
/// Ids that come out the same whenever the same business object is translated again, and that tell nothing about it:
/// HMAC-SHA256 over type, source and business key, in the shape of a version 8 UUID (RFC 9562 section 5.8).
/// </summary>
internal sealed class ResourceIds : IDisposable
{
    public const int Length = 36;

    private static ReadOnlySpan<byte> Digits => "0123456789abcdef"u8;

    private IncrementalHash? hash;
    private ReadOnlyMemory<byte> key;

    /// <summary>Writes the id's 36 characters.</summary>
    public void Write(ReadOnlyMemory<byte> withKey, ReadOnlySpan<byte> type, ReadOnlySpan<byte> source, ReadOnlySpan<byte> businessKey, int ordinal, Span<byte> id)
    {
        if (hash is null || !key.Equals(withKey))
        {
            hash?.Dispose();
            hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, withKey.Span);
            key = withKey;
        }

        Span<byte> digest = stackalloc byte[32];
        Span<byte> tail = [0, (byte)(ordinal >> 24), (byte)(ordinal >> 16), (byte)(ordinal >> 8), (byte)ordinal];
        Span<byte> text = stackalloc byte[256];
        var length = type.Length + source.Length + businessKey.Length + 2;
        if (length + tail.Length <= text.Length)
        {
            type.CopyTo(text);
            text[type.Length] = 0;
            source.CopyTo(text[(type.Length + 1)..]);
            text[type.Length + 1 + source.Length] = 0;
            businessKey.CopyTo(text[(type.Length + source.Length + 2)..]);
            tail.CopyTo(text[length..]);
            hash.AppendData(text[..(length + (ordinal > 0 ? tail.Length : 0))]);
        }
        else
        {
            hash.AppendData(type);
            hash.AppendData([0]);
            hash.AppendData(source);
            hash.AppendData([0]);
            hash.AppendData(businessKey);
            hash.AppendData(ordinal > 0 ? tail : []);
        }

        hash.GetHashAndReset(digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        var at = 0;
        for (var i = 0; i < 16; i++)
        {
            if (i is 4 or 6 or 8 or 10)
            {
                id[at++] = (byte)'-';
            }

            id[at++] = Digits[digest[i] >> 4];
            id[at++] = Digits[digest[i] & 15];
        }
    }

    public void Dispose() => hash?.Dispose();
}
