using System.Buffers.Binary;
using System.Security.Cryptography;
using Isthmus.Exchange.Phi;
using Isthmus.Fhir.Elements;

namespace Isthmus.Records;

/// <summary>A resource that a message wants to commit.</summary>
/// <param name="Id">Its logical id.</param>
/// <param name="Root">The resource, for its search values.</param>
/// <param name="Json">The same as JSON.</param>
/// <param name="Standing">What decides whether it is newer than what is there.</param>
[Phi]
public sealed record ResourceDraft(string Type, Guid Id, FhirElement Root, ReadOnlyMemory<byte> Json, Standing Standing)
{
    private long? digest;

    /// <summary>Of the content: an unchanged resource makes no new version. Computed once, asked for several times.</summary>
    internal long Digest => digest ??= DigestOf(Json.Span);

    public override string ToString() => $"[phi, {Type}, {Json.Length} bytes]";

    private static long DigestOf(ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}

/// <summary>
/// How a version of a resource stands against another: by the rank of its status, then by when the result was reported
/// (OBR-22), then by when the message was sent (MSH-7). A late final never overwrites a correction. The order is total,
/// so that which version is current does not depend on the order in which they arrive.
/// </summary>
/// <param name="Rank">See <see cref="StatusRank"/>.</param>
/// <param name="Reported">Unix milliseconds; 0 when unknown, and then the time of sending stands for it.</param>
/// <param name="Sent">Unix milliseconds, 0 when unknown.</param>
public readonly record struct Standing(short Rank, long Reported, long Sent) : IComparable<Standing>
{
    private long At => Reported == 0 ? Sent : Reported;

    public int CompareTo(Standing other)
    {
        var byRank = Rank.CompareTo(other.Rank);
        if (byRank != 0)
        {
            return byRank;
        }

        var byTime = At.CompareTo(other.At);
        return byTime != 0 ? byTime : Sent.CompareTo(other.Sent);
    }

    public static bool operator <(Standing left, Standing right) => left.CompareTo(right) < 0;

    public static bool operator >(Standing left, Standing right) => left.CompareTo(right) > 0;

    public static bool operator <=(Standing left, Standing right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Standing left, Standing right) => left.CompareTo(right) >= 0;
}

/// <summary>Ranks of FHIR statuses of observations and reports, from provisional to withdrawn.</summary>
public static class StatusRank
{
    /// <summary>The rank of a status code; statuses of other resources rank 0 and are decided by time.</summary>
    public static short Of(ReadOnlySpan<byte> status) => status switch
    {
        _ when status.SequenceEqual("registered"u8) => 1,
        _ when status.SequenceEqual("partial"u8) => 2,
        _ when status.SequenceEqual("preliminary"u8) => 3,
        _ when status.SequenceEqual("final"u8) => 4,
        _ when status.SequenceEqual("appended"u8) => 5,
        _ when status.SequenceEqual("amended"u8) => 6,
        _ when status.SequenceEqual("corrected"u8) => 7,
        _ when status.SequenceEqual("cancelled"u8) => 8,
        _ when status.SequenceEqual("entered-in-error"u8) => 9,
        _ => 0,
    };
}
