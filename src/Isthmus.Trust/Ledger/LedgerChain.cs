using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Trust.Ledger;

/// <summary>An event with its place in its tenant's chain: everything the hash covers.</summary>
internal readonly record struct ChainedEvent(
    short Tenant, long Seq, DateTime At, string Kind, string Actor, string Login, long? MessageId, Guid? Person, string Detail);

/// <summary>
/// The chain: hash(n) = SHA-256(hash(n-1) || canonical(n)), hash(0) = 32 zero bytes.
/// </summary>
/// <remarks>
/// The canonical form is the fields below in this order, each as a four-byte big-endian length and that many bytes, so
/// that no two different events share a form. An absent field has the length FFFFFFFF and no bytes.
/// <list type="number">
/// <item>the name of this form, <c>isthmus-ledger-1</c>, in ASCII</item>
/// <item>tenant, two bytes, big-endian</item>
/// <item>seq, eight bytes, big-endian</item>
/// <item>at, microseconds since 1970-01-01T00:00:00Z, eight bytes, big-endian</item>
/// <item>kind, actor and login, three fields, UTF-8</item>
/// <item>message id, eight bytes, big-endian, or absent</item>
/// <item>person, sixteen bytes in the order in which a UUID is written, or absent</item>
/// <item>detail, UTF-8, as it was appended, never reformatted</item>
/// </list>
/// </remarks>
internal sealed class LedgerChain
{
    public const int HashSize = 32;

    private const uint Absent = uint.MaxValue;

    private byte[] form = new byte[1024];
    private int length;

    /// <summary>What precedes the first event.</summary>
    public static ReadOnlySpan<byte> Genesis => new byte[HashSize];

    private static ReadOnlySpan<byte> FormName => "isthmus-ledger-1"u8;

    /// <summary>The hash of an event that follows the event with hash <paramref name="previous"/>.</summary>
    public byte[] Next(ReadOnlySpan<byte> previous, in ChainedEvent next)
    {
        length = 0;
        previous.CopyTo(Room(HashSize));
        WriteCanonical(next);
        return SHA256.HashData(form.AsSpan(0, length));
    }

    /// <summary>The canonical bytes alone.</summary>
    public byte[] Canonical(in ChainedEvent one)
    {
        length = 0;
        WriteCanonical(one);
        return form.AsSpan(0, length).ToArray();
    }

    private void WriteCanonical(in ChainedEvent one)
    {
        WriteLength((uint)FormName.Length);
        FormName.CopyTo(Room(FormName.Length));
        WriteLength(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), one.Tenant);
        Write(one.Seq);
        Write((one.At.ToUniversalTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        Write(one.Kind);
        Write(one.Actor);
        Write(one.Login);
        Write(one.MessageId);
        Write(one.Person);
        Write(one.Detail);
    }

    private void Write(long? value)
    {
        if (value is not { } number)
        {
            WriteLength(Absent);
            return;
        }

        WriteLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Room(sizeof(long)), number);
    }

    private void Write(Guid? value)
    {
        if (value is not { } id)
        {
            WriteLength(Absent);
            return;
        }

        WriteLength(16);
        id.TryWriteBytes(Room(16), bigEndian: true, out _);
    }

    private void Write(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        WriteLength((uint)size);
        Encoding.UTF8.GetBytes(text, Room(size));
    }

    private void WriteLength(uint size) => BinaryPrimitives.WriteUInt32BigEndian(Room(sizeof(uint)), size);

    private Span<byte> Room(int size)
    {
        if (form.Length - length < size)
        {
            Array.Resize(ref form, Math.Max(form.Length * 2, length + size));
        }

        length += size;
        return form.AsSpan(length - size, size);
    }
}
