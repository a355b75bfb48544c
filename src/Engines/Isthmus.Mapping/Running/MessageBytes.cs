using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Running;

/// <summary>The bytes of the message in hand, and how stretches of them divide, end and count as valued.</summary>
internal sealed class MessageBytes
{
    private Hl7Message? message;
    private byte[] raw = [];
    private int rawStart;
    private Slice entered;
    private bool lacksRepetition;
    private bool lacksSubcomponent;

    public Hl7Delimiters Delimiters { get; private set; }

    public void Begin(Hl7Message message)
    {
        this.message = message;
        Delimiters = message.Delimiters;
        entered = default;
        if (MemoryMarshal.TryGetArray(message.Raw, out var array))
        {
            raw = array.Array!;
            rawStart = array.Offset;
        }
        else
        {
            raw = message.Raw.ToArray();
            rawStart = 0;
        }
    }

    /// <summary>
    /// Notes which delimiters a segment lacks altogether, as most do: then none of its values need be searched for them. Of other
    /// segments nothing is known.
    /// </summary>
    public void Enter(in Hl7Segment segment)
    {
        if (segment.Offset == entered.Start && entered.Length > 0)
        {
            return;
        }

        entered = new Slice(segment.Offset, segment.Raw.Length, Level.Repetition);
        lacksRepetition = !Bytes(entered).Contains(Delimiters.Repetition);
        lacksSubcomponent = !Bytes(entered).Contains(Delimiters.Subcomponent);
    }

    public ReadOnlySpan<byte> Bytes(Slice slice) => raw.AsSpan(rawStart + slice.Start, slice.Length);

    /// <summary>Delimiters behind the last text divide nothing from nothing.</summary>
    public Slice WithoutTrailingDelimiters(Slice value)
    {
        var text = Bytes(value);
        var end = text.Length;
        while (value.Level != Level.Subcomponent && end > 0 && (text[end - 1] == Delimiters.Component || text[end - 1] == Delimiters.Subcomponent))
        {
            end--;
        }

        return value with { Length = end };
    }

    /// <summary>Whether a delimiter stands in a value that would divide it.</summary>
    public bool HoldsDelimiter(Slice value) => value.Level == Level.Component
        ? !LacksSubcomponent(value) && Bytes(value).Contains(Delimiters.Subcomponent)
        : Bytes(value).IndexOfAny(Delimiters.Component, Delimiters.Subcomponent) >= 0;

    public Slice Repetition(Slice field, int number) =>
        number == 1 && lacksRepetition && IsEntered(field) ? field with { Level = Level.Repetition } : Cut(field, Delimiters.Repetition, number, Level.Repetition);

    /// <summary>A part of a stretch, one level down; the stretch itself where it cannot be divided and part 1 is asked for.</summary>
    public Slice Part(Slice whole, int number)
    {
        if (whole.Level == Level.Subcomponent)
        {
            return number == 1 ? whole : default;
        }

        return whole.IsEmpty ? default : Cut(whole, DelimiterOf(whole.Level), number, Below(whole.Level));
    }

    /// <summary>The innermost first value, without surrounding spaces; empty for a null (<c>""</c>), which makes no element.</summary>
    public Slice Innermost(Slice value)
    {
        if (value.IsEmpty)
        {
            return new Slice(value.Start, 0, Level.Subcomponent);
        }

        var text = Bytes(value);
        var end = value.Level switch
        {
            Level.Repetition => text.IndexOfAny(Delimiters.Component, Delimiters.Subcomponent),
            Level.Component when !LacksSubcomponent(value) => text.IndexOf(Delimiters.Subcomponent),
            _ => -1,
        };
        return Trim(new Slice(value.Start, end < 0 ? value.Length : end, Level.Subcomponent));
    }

    /// <summary>Without surrounding spaces; empty for a null.</summary>
    public Slice Trim(Slice value)
    {
        var text = Bytes(value);
        if (text.IsEmpty || (text[0] > ' ' && text[^1] > ' ' && IsPlainBegin(text[0])))
        {
            return value;
        }

        var start = 0;
        var end = text.Length;
        while (start < end && text[start] <= ' ')
        {
            start++;
        }

        while (end > start && text[end - 1] <= ' ')
        {
            end--;
        }

        var rest = text[start..end];
        return rest.SequenceEqual("\"\""u8) || (!rest.IsEmpty && !IsPlainBegin(rest[0]) && IsBlank(rest))
            ? new Slice(value.Start, 0, value.Level)
            : new Slice(value.Start + start, rest.Length, value.Level);
    }

    /// <summary>Whether what begins so is a text that says something: no null, no escape, no white space beyond ASCII.</summary>
    private bool IsPlainBegin(byte first) => first < 0x80 && first != '"' && first != Delimiters.Escape;

    /// <summary>Whether a text that does not look it is white space and nothing else: in escapes (<c>\X20\</c>, <c>\.br\</c>) or beyond ASCII.</summary>
    private bool IsBlank(ReadOnlySpan<byte> text)
    {
        var room = ArrayPool<byte>.Shared.Rent(text.Length);
        var blank = string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(room.AsSpan(0, message!.WriteText(text, room))));
        ArrayPool<byte>.Shared.Return(room, clearArray: true);
        return blank;
    }

    /// <summary>Whether anything but delimiters, spaces and nulls stands there.</summary>
    public bool IsValued(Slice value)
    {
        if (value.IsEmpty)
        {
            return false;
        }

        var text = Bytes(value);
        var first = text[0];
        if (char.IsAsciiLetterOrDigit((char)first))
        {
            // By far the most frequent case, and never a delimiter.
            return true;
        }

        foreach (var b in Bytes(Trim(value)))
        {
            if (b != Delimiters.Component && b != Delimiters.Subcomponent && b != Delimiters.Repetition && b != ' ')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Cuts a value into as many of its parts as there is room for; a value that cannot be divided is its own first part.</summary>
    public void Divide(Slice value, Span<Slice> into)
    {
        if (into.IsEmpty)
        {
            return;
        }

        if (value.Level == Level.Subcomponent || value.IsEmpty)
        {
            into[0] = value;
            return;
        }

        var delimiter = DelimiterOf(value.Level);
        var start = value.Start;
        var rest = Bytes(value);
        for (var number = 0; number < into.Length; number++)
        {
            var end = delimiter == 0 ? -1 : rest.IndexOf(delimiter);
            into[number] = new Slice(start, end < 0 ? rest.Length : end, Below(value.Level));
            if (end < 0)
            {
                return;
            }

            start += end + 1;
            rest = rest[(end + 1)..];
        }
    }

    private bool LacksSubcomponent(Slice value) => lacksSubcomponent && IsEntered(value);

    private bool IsEntered(Slice value) => (uint)(value.Start - entered.Start) < (uint)entered.Length;

    private byte DelimiterOf(Level level) => level switch
    {
        Level.Repetition => Delimiters.Component,
        Level.Component => Delimiters.Subcomponent,
        _ => 0,
    };

    private static Level Below(Level level) => level == Level.Repetition ? Level.Component : Level.Subcomponent;

    private Slice Cut(Slice whole, byte delimiter, int number, Level level)
    {
        var start = whole.Start;
        var rest = Bytes(whole);
        while (true)
        {
            var end = delimiter == 0 ? -1 : rest.IndexOf(delimiter);
            if (--number == 0)
            {
                return new Slice(start, end < 0 ? rest.Length : end, level);
            }

            if (end < 0)
            {
                return default;
            }

            start += end + 1;
            rest = rest[(end + 1)..];
        }
    }
}
