using System.Numerics;
using System.Runtime.Intrinsics;

namespace Isthmus.Hl7v2;

/// <summary>
/// One pass over the bytes, 64 at a time: a vector compare marks every delimiter, control character and
/// line end, and each mark becomes a stop of the index. Nothing is copied and nothing looked at twice.
/// </summary>
internal sealed class Hl7Scanner
{
    private const int Block = 64;
    private const byte LineFeed = 0x0A;
    private const byte CarriageReturn = 0x0D;
    private const byte Space = 0x20;
    private const byte NotAscii = 0x80;

    private readonly byte[] kinds = new byte[256];
    private Hl7Delimiters delimiters;

    /// <summary>Indexes <paramref name="text"/> from its MSH on. The characters of MSH-2 are no structure.</summary>
    /// <returns>Null, or the id of the limit that was passed, with the index filled up to there.</returns>
    public string? Scan(ReadOnlySpan<byte> text, in MshStart msh, Hl7Limits limits, Hl7Index index)
    {
        Use(msh.Delimiters);
        index.Clear();
        index.Stops[0] = Hl7Index.Pack(msh.Offset + 3, StopKind.Field);
        index.Fields[0] = 0;
        int stopCount = 1, fieldCount = 1;
        int segmentStart = msh.Offset, segmentFirstField = 0;
        var kinds = this.kinds.AsSpan();
        var seen = Vector256<byte>.Zero;
        var escapes = Vector256<byte>.Zero;

        for (var at = msh.AfterEncodingCharacters; at < text.Length; at += Block)
        {
            index.Reserve(stopCount + Block + 1, fieldCount + Block + 1);
            var stops = index.Stops.AsSpan();
            var fields = index.Fields.AsSpan();
            var marks = Mark(text[at..], ref seen, ref escapes);
            while (marks != 0)
            {
                var offset = at + BitOperations.TrailingZeroCount(marks);
                marks &= marks - 1;
                int kind = kinds[text[offset]];
                if (kind < StopKind.SegmentEnd)
                {
                    // Written always, kept only for a field: no branch to mispredict.
                    stops[stopCount] = Hl7Index.Pack(offset, kind);
                    fields[fieldCount] = stopCount++;
                    fieldCount += kind == StopKind.Field ? 1 : 0;
                }
                else if (kind == StopKind.Control)
                {
                    index.HasControls = true;
                }
                else
                {
                    if (!IsBlank(text[segmentStart..offset]))
                    {
                        stops[stopCount] = Hl7Index.Pack(offset, StopKind.SegmentEnd);
                        if (Close(text, index, segmentStart, offset, segmentFirstField, fieldCount, stopCount++, limits) is { } limit)
                        {
                            return limit;
                        }
                    }

                    segmentStart = offset + 1;
                    segmentFirstField = fieldCount;
                }
            }
        }

        string? passed = null;
        if (!IsBlank(text[segmentStart..]))
        {
            index.Reserve(stopCount + 1, fieldCount);
            index.Stops[stopCount] = Hl7Index.Pack(text.Length, StopKind.SegmentEnd);
            passed = Close(text, index, segmentStart, text.Length, segmentFirstField, fieldCount, stopCount++, limits);
        }

        index.StopCount = stopCount;
        index.FieldCount = fieldCount;
        index.HasEscapes = delimiters.Escape != 0 && escapes != Vector256<byte>.Zero;
        var declared = text[msh.Offset..msh.AfterEncodingCharacters];
        index.HasControls |= declared.ContainsAnyInRange((byte)0, (byte)(Space - 1));
        index.HasNonAscii = declared.ContainsAnyInRange(NotAscii, byte.MaxValue) || (seen & Vector256.Create(NotAscii)) != Vector256<byte>.Zero;
        return passed;
    }

    private static string? Close(
        ReadOnlySpan<byte> text, Hl7Index index, int start, int end, int firstField, int fieldCount, int endStop, Hl7Limits limits)
    {
        var fields = fieldCount - firstField;
        if (fields > limits.FieldsPerSegment)
        {
            return Hl7Rules.TooManyFields;
        }

        if (index.SegmentCount == limits.Segments)
        {
            return Hl7Rules.TooManySegments;
        }

        var nameEnd = fields > 0 ? index.Offset(index.Fields[firstField]) : end;
        index.Add(new SegmentEntry
        {
            Start = start,
            End = end,
            Name = SegmentName.Key(text[start..nameEnd]),
            FirstField = firstField,
            FieldCount = fields,
            EndStop = endStop,
        });
        return null;
    }

    /// <summary>CRLF leaves an empty line, and some senders pad: neither is a segment.</summary>
    private static bool IsBlank(ReadOnlySpan<byte> line) =>
        line.IsEmpty || (line[0] == Space && line.TrimStart(Space).IsEmpty);

    /// <summary>A bit for each byte of the block that is a delimiter, a line end or another control character.</summary>
    private ulong Mark(scoped ReadOnlySpan<byte> block, ref Vector256<byte> seen, ref Vector256<byte> escapes)
    {
        Span<byte> padded = stackalloc byte[Block];
        if (block.Length < Block)
        {
            padded.Fill(Space);
            block.CopyTo(padded);
            block = padded;
        }

        var low = Vector256.Create(block[..32]);
        var high = Vector256.Create(block.Slice(32, 32));
        seen |= low | high;
        return Mark(low, ref escapes) | ((ulong)Mark(high, ref escapes) << 32);
    }

    private uint Mark(Vector256<byte> bytes, ref Vector256<byte> escapes)
    {
        var escape = Vector256.Equals(bytes, Vector256.Create(delimiters.Escape));
        escapes |= escape;
        var marks = escape
            | Vector256.Equals(bytes, Vector256.Create(delimiters.Field))
            | Vector256.Equals(bytes, Vector256.Create(delimiters.Component))
            | Vector256.Equals(bytes, Vector256.Create(delimiters.Repetition))
            | Vector256.Equals(bytes, Vector256.Create(delimiters.Subcomponent))
            | Vector256.LessThan(bytes, Vector256.Create(Space));
        return marks.ExtractMostSignificantBits();
    }

    /// <summary>
    /// The kind of every byte that can be marked. A delimiter not in use is NUL, which is marked as a control
    /// character anyway and keeps that kind.
    /// </summary>
    private void Use(Hl7Delimiters delimiters)
    {
        if (delimiters == this.delimiters)
        {
            return;
        }

        this.delimiters = delimiters;
        Array.Fill(kinds, (byte)StopKind.Control);
        kinds[delimiters.Field] = StopKind.Field;
        kinds[delimiters.Component] = StopKind.Component;
        kinds[delimiters.Repetition] = StopKind.Repetition;
        kinds[delimiters.Escape] = StopKind.Escape;
        kinds[delimiters.Subcomponent] = StopKind.Subcomponent;
        kinds[0] = StopKind.Control;
        kinds[CarriageReturn] = StopKind.SegmentEnd;
        kinds[LineFeed] = StopKind.SegmentEnd;
    }
}
