namespace Isthmus.Hl7v2;

/// <summary>What a reader accepts before it refuses a message; each default has its reason beside it.</summary>
public sealed record Hl7Limits
{
    /// <summary>16 MiB: room for a PDF in OBX-5 as base64, while the index of a hostile message (four bytes per delimiter) stays under 64 MiB.</summary>
    public const int DefaultMessageBytes = 16 * 1024 * 1024;

    /// <summary>20,000: a month of continuous monitoring in one ORU has some thousands of OBX; more is a broken sender.</summary>
    public const int DefaultSegments = 20_000;

    /// <summary>1,024: the longest standard segment has under a hundred fields, the longest known Z-segments a few hundred.</summary>
    public const int DefaultFieldsPerSegment = 1_024;

    /// <summary>100: beyond that a person reads no further; the last finding then says that there were more.</summary>
    public const int DefaultFindings = 100;

    /// <summary>Offsets share an int with a three-bit delimiter kind, and a frame in another charset may triple as UTF-8.</summary>
    internal const int LargestMessageBytes = ((1 << 28) - 64) / 3;

    public static Hl7Limits Default { get; } = new();

    public int MessageBytes { get; init; } = DefaultMessageBytes;

    public int Segments { get; init; } = DefaultSegments;

    public int FieldsPerSegment { get; init; } = DefaultFieldsPerSegment;

    public int Findings { get; init; } = DefaultFindings;
}
