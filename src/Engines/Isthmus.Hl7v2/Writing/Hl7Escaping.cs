using System.Buffers;
using System.Text.Unicode;

namespace Isthmus.Hl7v2;

/// <summary>
/// From text to raw bytes, the way back of <see cref="Hl7Text"/>: what would be structure becomes an escape sequence
/// (HL7 v2.5.1 §2.7), a line break <c>\.br\</c>, or <c>\X0A\</c> where the point is a delimiter, a tab <c>\X09\</c>.
/// </summary>
internal sealed class Hl7Escaping
{
    /// <summary><c>\.br\</c> and <c>\X09\</c> are the longest a byte can become; <c>""</c> grows less.</summary>
    private const int LargestGrowth = 5;

    private const byte Quote = (byte)'"';

    private readonly Hl7Delimiters delimiters;
    private readonly SearchValues<byte> special;

    public Hl7Escaping(Hl7Delimiters delimiters)
    {
        this.delimiters = delimiters;
        byte[] structure =
        [
            delimiters.Field, delimiters.Component, delimiters.Repetition, delimiters.Escape, delimiters.Subcomponent, delimiters.Truncation,
        ];
        special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static control => (byte)control), 0x7F, .. structure.Where(static used => used != 0)]);
    }

    public static int MostBytes(int length) => length * LargestGrowth;

    /// <summary>Whether the text can be written as it stands.</summary>
    public bool IsPlain(ReadOnlySpan<byte> text) => text.IndexOfAny(special) < 0 && !IsNullMark(text);

    /// <param name="raw">At least <see cref="MostBytes"/> long.</param>
    /// <returns>Null, or the rule that keeps the text from being written.</returns>
    public string? Write(ReadOnlySpan<byte> text, Span<byte> raw, out int written)
    {
        written = 0;
        if (!Utf8.IsValid(text))
        {
            return Hl7Rules.WriteInvalidUtf8;
        }

        if (IsNullMark(text))
        {
            // A text of two quotation marks is no null.
            return Sequence("X2222"u8, raw, ref written);
        }

        while (text.IndexOfAny(special) is >= 0 and var at)
        {
            text[..at].CopyTo(raw[written..]);
            written += at;
            var isBreak = text[at..] is [(byte)'\r', (byte)'\n', ..];
            if (One(text[at], raw, ref written) is { } fault)
            {
                return fault;
            }

            text = text[(at + (isBreak ? 2 : 1))..];
        }

        text.CopyTo(raw[written..]);
        written += text.Length;
        return null;
    }

    private string? One(byte character, Span<byte> raw, ref int written)
    {
        ReadOnlySpan<byte> sequence = character switch
        {
            (byte)'\r' or (byte)'\n' => special.Contains((byte)'.') ? "X0A"u8 : ".br"u8,
            (byte)'\t' => "X09"u8,
            < 0x20 or 0x7F => default,
            _ when character == delimiters.Field => "F"u8,
            _ when character == delimiters.Component => "S"u8,
            _ when character == delimiters.Repetition => "R"u8,
            _ when character == delimiters.Escape => "E"u8,
            _ when character == delimiters.Subcomponent => "T"u8,
            _ when character == delimiters.Truncation => "P"u8,
            _ => default,
        };
        return sequence.IsEmpty ? Hl7Rules.WriteControlCharacter : Sequence(sequence, raw, ref written);
    }

    private string? Sequence(ReadOnlySpan<byte> sequence, Span<byte> raw, ref int written)
    {
        if (delimiters.Escape == 0)
        {
            return Hl7Rules.WriteDelimiterMissing;
        }

        raw[written++] = delimiters.Escape;
        sequence.CopyTo(raw[written..]);
        written += sequence.Length;
        raw[written++] = delimiters.Escape;
        return null;
    }

    private static bool IsNullMark(ReadOnlySpan<byte> text) => text is [Quote, Quote];
}
