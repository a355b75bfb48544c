namespace Isthmus.Hl7v2;

/// <summary>
/// One message, read in place: the bytes as they came and an index of their structure. Nothing is copied or
/// unescaped before it is asked for. A message that belongs to an <see cref="Hl7Reader"/> is valid until that
/// reader reads again; <see cref="Parse(ReadOnlyMemory{byte})"/> makes one that stays.
/// </summary>
public sealed class Hl7Message
{
    internal Hl7Message()
    {
    }

    /// <summary>The bytes the index speaks of: the frame, or its UTF-8 form where it came in another charset.</summary>
    public ReadOnlyMemory<byte> Raw { get; internal set; }

    public Hl7Delimiters Delimiters { get; internal set; }

    /// <summary>Every segment in order, Z-segments and lines without a segment name included.</summary>
    public Hl7Segments Segments => new(this);

    /// <summary>Every innermost part in order, delimiters of MSH-1 apart: the quickest way through a whole message.</summary>
    public Hl7Parts Parts => new(Index);

    /// <summary>The MSH segment; it always exists.</summary>
    public Hl7Segment Msh => new(this, 0);

    internal Hl7Index Index { get; } = new();

    /// <summary>
    /// What follows where a second message begins in the same frame (<see cref="Hl7Rules.MshRepeated"/>); empty as a rule.
    /// No part of this message: read it on its own with <see cref="Hl7Reader.ReadPart"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Rest { get; internal set; }

    /// <summary>The frame as it was received.</summary>
    internal ReadOnlyMemory<byte> Frame { get; set; }

    /// <summary>The frame as UTF-8: this message, and what follows it.</summary>
    internal ReadOnlyMemory<byte> Whole { get; set; }

    /// <summary>What the frame is written in.</summary>
    internal Hl7Charset FrameCharset { get; set; } = Hl7Charset.Undeclared;

    /// <summary>The frame switches between character sets (<see cref="Iso2022"/>).</summary>
    internal bool IsSwitched { get; set; }

    /// <summary>What hexadecimal escapes are written in: the sender's set, also where the text was kept as UTF-8.</summary>
    internal Hl7Charset EscapeCharset { get; set; } = Hl7Charset.Undeclared;

    /// <summary>Reads a message that keeps its own index, with the default limits.</summary>
    public static Hl7ReadResult Parse(ReadOnlyMemory<byte> frame) => Parse(frame, Hl7Limits.Default);

    /// <summary>Reads a message that keeps its own index.</summary>
    public static Hl7ReadResult Parse(ReadOnlyMemory<byte> frame, Hl7Limits limits) => new Hl7Reader(limits).Read(frame);

    /// <summary>The first segment of that name, or a missing one.</summary>
    public Hl7Segment First(string name) => Next(name, 0);

    /// <summary>The first segment of that name at or behind that zero-based position, or a missing one.</summary>
    public Hl7Segment Next(string name, int from)
    {
        var key = SegmentName.Key(name);
        for (var i = from; i < Index.SegmentCount; i++)
        {
            if (Index.Segments[i].Name == key)
            {
                return new(this, i);
            }
        }

        return default;
    }

    /// <summary>Every segment of that name.</summary>
    public Hl7Segments All(string name) => new(this, SegmentName.Key(name));

    /// <summary>The place of a byte, down to the sub-component where there are such.</summary>
    public Hl7Location Locate(int offset) => Hl7Locator.Locate(this, offset);

    /// <summary>
    /// Resolves the escapes of a stretch of this message and writes its text as UTF-8; a destination as long as the
    /// stretch always suffices. For callers that divide fields themselves.
    /// </summary>
    /// <returns>The bytes written.</returns>
    public int WriteText(ReadOnlySpan<byte> raw, Span<byte> destination) =>
        Hl7Text.TryWrite(raw, this, isVerbatim: false, destination, out var written)
            ? written
            : throw new ArgumentException("The destination is shorter than the stretch.", nameof(destination));

    public override string ToString() => $"{nameof(Hl7Message)}({Raw.Length} bytes)";

    /// <summary>Leaves that segment and all that follow to <see cref="Rest"/>.</summary>
    internal void EndBefore(int segment)
    {
        var end = Index.Segments[segment].Start;
        Rest = Raw[end..];
        Raw = Raw[..end];
        Index.EndBefore(segment);
    }

    internal Hl7Location LocationOf(int segment)
    {
        var name = Index.Segments[segment].Name;
        if (name == 0)
        {
            return new(null, segment + 1);
        }

return new(SegmentName.Text(name), Index.Occurrence(segment));
    }
}
