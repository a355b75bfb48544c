using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange.Phi;

namespace Isthmus.Trust.Access.Idempotency;

/// <summary>
/// One request under its key. Key and content are kept as keyed hashes: what a client chose as a key may say something about a person.
/// Keys of different clients and tenants never meet.
/// </summary>
/// <param name="Key">32 bytes.</param>
/// <param name="Content">32 bytes over method, target, media type and body.</param>
public sealed record IdempotentRequest(short Tenant, string Client, byte[] Key, byte[] Content)
{
    /// <summary>Hashes parts so that no two lists of parts give the same bytes.</summary>
    internal static byte[] Hash(ReadOnlySpan<byte> secret, params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part.Span);
        }

        return hash.GetHashAndReset();
    }

    internal static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>The answer to a request, as it is given to every repeat of it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Those that belong to the answer: media type, location, version.</param>
[Phi]
public sealed record StoredAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, PhiBytes Body)
{
    public override string ToString() => $"[answer, status {Status}]";
}

public enum IdempotencyVerdict
{
    /// <summary>To be worked on, by this caller alone.</summary>
    New,

    /// <summary>Done before: here is the answer.</summary>
    Repeat,

    /// <summary>The key stands for another request.</summary>
    Clash,

    /// <summary>Its first is being worked on.</summary>
    InFlight,
}

/// <param name="Attempt">From 1; more where an earlier attempt was cut off and may have had its effect.</param>
/// <param name="Answer">Of a repeat.</param>
public sealed record IdempotencyStart(IdempotencyVerdict Verdict, int Attempt, StoredAnswer? Answer);
