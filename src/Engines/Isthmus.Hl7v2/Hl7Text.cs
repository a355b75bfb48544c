using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Isthmus.Hl7v2;

/// <summary>
/// From raw bytes to text: resolves escape sequences (HL7 v2.5.1 §2.7). Whatever an escape yields is text and
/// never structure. The text is always valid UTF-8, holds no control character but tab and line ends, and is
/// never longer than the raw bytes.
/// </summary>
internal static class Hl7Text
{
    private const int OnStack = 512;

    private static readonly SearchValues<byte> HexadecimalDigits = SearchValues.Create("0123456789ABCDEFabcdef"u8);

    /// <summary>Stands for a control character, which neither FHIR strings nor PostgreSQL text can hold.</summary>
    private const byte Unprintable = (byte)'?';

    public static string ToText(ReadOnlySpan<byte> raw, Hl7Message message, bool isVerbatim)
    {
        var escape = isVerbatim ? (byte)0 : message.Delimiters.Escape;
        if (IsPlain(raw, message, escape))
        {
            return Encoding.UTF8.GetString(raw);
        }

        byte[]? rented = null;
        var buffer = raw.Length <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            return Encoding.UTF8.GetString(buffer[..Resolve(raw, message, escape, buffer)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    public static bool TryWrite(ReadOnlySpan<byte> raw, Hl7Message message, bool isVerbatim, Span<byte> destination, out int written)
    {
        if (destination.Length < raw.Length)
        {
            written = 0;
            return false;
        }

        var escape = isVerbatim ? (byte)0 : message.Delimiters.Escape;
        if (IsPlain(raw, message, escape))
        {
            raw.CopyTo(destination);
            written = raw.Length;
        }
        else
        {
            written = Resolve(raw, message, escape, destination);
        }

        return true;
    }

    /// <summary>
    /// Whether the standard knows the sequence: the others are text that happens to hold escape characters. Sets that
    /// <c>\C..\</c> and <c>\M..\</c> ask for were switched to before; those that are left could not be.
    /// </summary>
    public static bool IsSequence(ReadOnlySpan<byte> sequence) => sequence switch
    {
        [(byte)'F' or (byte)'S' or (byte)'T' or (byte)'R' or (byte)'E' or (byte)'P' or (byte)'H' or (byte)'N'] => true,
        [(byte)'X', _, ..] => sequence.Length % 2 == 1 && !sequence[1..].ContainsAnyExcept(HexadecimalDigits),
        [(byte)'Z', ..] => true,
        [(byte)'.', .. var formatting] => IsFormatting(formatting),
        _ => false,
    };

    private static bool IsPlain(ReadOnlySpan<byte> raw, Hl7Message message, byte escape) =>
        !message.Index.HasControls && (!message.Index.HasEscapes || escape == 0 || !raw.Contains(escape));

    private static int Resolve(ReadOnlySpan<byte> raw, Hl7Message message, byte escape, Span<byte> text)
    {
        var written = 0;
        while (!raw.IsEmpty)
        {
            var plain = escape == 0 ? -1 : raw.IndexOf(escape);
            var end = plain < 0 ? -1 : raw[(plain + 1)..].IndexOf(escape);
            if (end < 0)
            {
                // No escape, or one without partner: text as it stands.
                raw.CopyTo(text[written..]);
                written += raw.Length;
                break;
            }

            raw[..plain].CopyTo(text[written..]);
            written += plain;
            var resolved = Sequence(raw.Slice(plain + 1, end), message, text[written..]);
            if (resolved < 0)
            {
                // Not a sequence the standard knows, local \Zdd\ among them: kept, so that nothing is lost.
                resolved = end + 2;
                raw.Slice(plain, resolved).CopyTo(text[written..]);
            }

            written += resolved;
            raw = raw[(plain + end + 2)..];
        }

        var result = text[..written];
        for (var i = result.IndexOfAnyInRange((byte)0, (byte)0x1F); i >= 0 && i < result.Length; i++)
        {
            if (result[i] is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                result[i] = Unprintable;
            }
        }

        return written;
    }

    /// <summary>Writes what one sequence stands for; minus one if it is none.</summary>
    private static int Sequence(ReadOnlySpan<byte> sequence, Hl7Message message, Span<byte> text)
    {
        var delimiters = message.Delimiters;
        return sequence switch
        {
            [(byte)'F'] => One(delimiters.Field, text),
            [(byte)'S'] => One(Or(delimiters.Component, '^'), text),
            [(byte)'T'] => One(Or(delimiters.Subcomponent, '&'), text),
            [(byte)'R'] => One(Or(delimiters.Repetition, '~'), text),
            [(byte)'E'] => One(delimiters.Escape, text),
            [(byte)'P'] => One(Or(delimiters.Truncation, '#'), text),
            [(byte)'H'] or [(byte)'N'] => 0,
            [(byte)'X', .. var hexadecimal] => Hexadecimal(hexadecimal, message.EscapeCharset, text),
            [(byte)'.', .. var formatting] => Formatting(formatting, text),
            _ => -1,
        };
    }

    private static byte Or(byte delimiter, char standard) => delimiter == 0 ? (byte)standard : delimiter;

    private static int One(byte character, Span<byte> text)
    {
        text[0] = character;
        return 1;
    }

    /// <summary>
    /// \Xhh..\: bytes in the sender's charset. Bytes that are not UTF-8 where they should be are taken as ISO-8859-1. What
    /// would grow longer than it was as digits (a row of four and more characters of three bytes each) stays as it stands.
    /// </summary>
    private static int Hexadecimal(ReadOnlySpan<byte> digits, Hl7Charset charset, Span<byte> text)
    {
        var count = digits.Length / 2;
        Span<byte> bytes = count <= OnStack ? stackalloc byte[OnStack] : new byte[count];
        if (count == 0 || Convert.FromHexString(digits, bytes, out _, out var decoded) != OperationStatus.Done || decoded != count
            || digits.Length % 2 != 0)
        {
            return -1;
        }

        bytes = bytes[..count];
        if (System.Text.Ascii.IsValid(bytes) || (charset.Kind is not (CharsetKind.SingleByte or CharsetKind.MultiByte) && Utf8.IsValid(bytes)))
        {
            bytes.CopyTo(text);
            return count;
        }

        if (charset.Kind is not (CharsetKind.SingleByte or CharsetKind.MultiByte))
        {
            // Two bytes each at the most, which is what they took as digits.
            return Latin1(bytes, text);
        }

        Span<byte> characters = count <= OnStack ? stackalloc byte[3 * OnStack] : new byte[3 * count];
        var written = charset.Decode(bytes, characters, out _);
        if (written > digits.Length + 3)
        {
            return -1;
        }

        characters[..written].CopyTo(text);
        return written;
    }

    private static int Latin1(ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        var written = 0;
        foreach (var character in bytes)
        {
            if (character < 0x80)
            {
                text[written++] = character;
            }
            else
            {
                text[written++] = (byte)(0xC0 | (character >> 6));
                text[written++] = (byte)(0x80 | (character & 0x3F));
            }
        }

        return written;
    }

    /// <summary>
    /// FT formatting commands (HL7 v2.5.1 §2.7.6): line breaks become line feeds, skipped columns spaces, layout
    /// hints (.in .ti .fi .nf) nothing. Runs are cut to the length of the command itself.
    /// </summary>
    private static int Formatting(ReadOnlySpan<byte> command, Span<byte> text)
    {
        if (command.Length < 2)
        {
            return -1;
        }

        var room = command.Length + 3;
        switch (command[..2])
        {
            case [(byte)'b', (byte)'r']:
            case [(byte)'c', (byte)'e']:
                return One((byte)'\n', text);
            case [(byte)'s', (byte)'p']:
                return Run((byte)'\n', command[2..], room, text);
            case [(byte)'s', (byte)'k']:
                return Run((byte)' ', command[2..], room, text);
            case [(byte)'i', (byte)'n']:
            case [(byte)'t', (byte)'i']:
            case [(byte)'f', (byte)'i']:
            case [(byte)'n', (byte)'f']:
                return 0;
            default:
                return -1;
        }
    }

    private static bool IsFormatting(ReadOnlySpan<byte> command) =>
        command.Length >= 2 && "br ce sp sk in ti fi nf"u8.IndexOf(command[..2]) is >= 0 and var at && at % 3 == 0;

    private static int Run(byte character, ReadOnlySpan<byte> number, int room, Span<byte> text)
    {
        var count = 0;
        foreach (var digit in number)
        {
            if (digit is >= (byte)'0' and <= (byte)'9')
            {
                count = Math.Min((count * 10) + digit - '0', room);
            }
        }

        count = Math.Max(count, 1);
        text[..count].Fill(character);
        return count;
    }
}
