using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>Writes segments in given delimiters. What is quoted goes out as it is, our own texts are escaped.</summary>
internal readonly struct SegmentWriter(IBufferWriter<byte> output, Hl7Delimiters delimiters)
{
    private const byte SegmentEnd = (byte)'\r';

    /// <summary>MSH-1 and MSH-2.</summary>
    public void EncodingCharacters()
    {
        Byte(delimiters.Field);
        Byte(Or(delimiters.Component, '^'));
        Byte(Or(delimiters.Repetition, '~'));
        Byte(Or(delimiters.Escape, '\\'));
        Byte(Or(delimiters.Subcomponent, '&'));
        if (delimiters.Truncation != 0)
        {
            Byte(delimiters.Truncation);
        }
    }

    public SegmentWriter Field()
    {
        Byte(delimiters.Field);
        return this;
    }

    public SegmentWriter Component()
    {
        Byte(Or(delimiters.Component, '^'));
        return this;
    }

    public void End() => Byte(SegmentEnd);

    /// <summary>
    /// Bytes of the sender's as they stand, in the sender's delimiters. With a control character among them nothing is written:
    /// without it the value would name something else, and with it the answer would carry what the message was refused for.
    /// </summary>
    public void Quoted(ReadOnlySpan<byte> bytes)
    {
        if (IsQuotable(bytes))
        {
            output.Write(bytes);
        }
    }

    public void QuotedOr(ReadOnlySpan<byte> bytes, string otherwise)
    {
        if (bytes.IsEmpty || !IsQuotable(bytes))
        {
            Text(otherwise);
        }
        else
        {
            output.Write(bytes);
        }
    }

    /// <summary>ASCII that holds no delimiter.</summary>
    public void Text(string text)
    {
        var room = output.GetSpan(text.Length);
        output.Advance(Encoding.ASCII.GetBytes(text, room));
    }

    /// <summary>A time in .NET's form: HL7 writes the zone without colon.</summary>
    public void Stamp(ReadOnlySpan<char> stamp)
    {
        foreach (var character in stamp)
        {
            if (character != ':')
            {
                Byte((byte)character);
            }
        }
    }

    public void Number(int number)
    {
        var room = output.GetSpan(11);
        Utf8Formatter.TryFormat(number, room, out var written);
        output.Advance(written);
    }

    /// <summary>ASCII in which delimiters become escape sequences.</summary>
    public void Escaped(string text)
    {
        foreach (var character in text)
        {
            var letter = Letter((byte)character);
            if (letter == 0)
            {
                Byte((byte)character);
            }
            else
            {
                Byte(Or(delimiters.Escape, '\\'));
                Byte(letter);
                Byte(Or(delimiters.Escape, '\\'));
            }
        }
    }

    private byte Letter(byte character)
    {
        if (character == delimiters.Field)
        {
            return (byte)'F';
        }

        if (character == Or(delimiters.Component, '^'))
        {
            return (byte)'S';
        }

        if (character == Or(delimiters.Repetition, '~'))
        {
            return (byte)'R';
        }

        if (character == Or(delimiters.Escape, '\\'))
        {
            return (byte)'E';
        }

        return character == Or(delimiters.Subcomponent, '&') ? (byte)'T' : (byte)0;
    }

    private static bool IsQuotable(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyInRange((byte)0x00, (byte)0x1F);

    private static byte Or(byte delimiter, char standard) => delimiter == 0 ? (byte)standard : delimiter;

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
