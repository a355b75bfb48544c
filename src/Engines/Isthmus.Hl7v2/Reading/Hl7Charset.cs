using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>How bytes of a character set become characters.</summary>
internal enum CharsetKind
{
    /// <summary>MSH-18 is empty: the standard's default is ASCII, of which UTF-8 is a superset.</summary>
    Undeclared,
    Ascii,
    Utf8,

    /// <summary>Two bytes a unit: nothing can be found in it before it is brought to UTF-8.</summary>
    Utf16,

    /// <summary>ASCII, and one character for each byte from 80 on.</summary>
    SingleByte,

    /// <summary>ASCII, and characters of several bytes, of which the later may look like delimiters.</summary>
    MultiByte,
    Unsupported,
}

/// <summary>One character set of MSH-18 (HL7 table 0211).</summary>
internal sealed class Hl7Charset
{
    public const char NoCharacter = '\uFFFD';

    private const int FirstHigh = 0x80;

    /// <summary>The characters of the bytes 80 to FF.</summary>
    private readonly char[] high = [];
    private readonly Encoding? strict;
    private int firstWritten = FirstHigh;
    private readonly Lazy<Dictionary<char, byte>> bytes;

    private Hl7Charset(CharsetKind kind)
    {
        Kind = kind;
        bytes = new(Backwards);
    }

    private Hl7Charset(char[] high)
        : this(CharsetKind.SingleByte) => this.high = high;

    private Hl7Charset(Encoding strict)
        : this(CharsetKind.MultiByte) => this.strict = strict;

    public static Hl7Charset Undeclared { get; } = new(CharsetKind.Undeclared);

    public static Hl7Charset Ascii { get; } = new(CharsetKind.Ascii);

    public static Hl7Charset Utf8 { get; } = new(CharsetKind.Utf8);

    public static Hl7Charset Utf16 { get; } = new(CharsetKind.Utf16);

    public static Hl7Charset Unsupported { get; } = new(CharsetKind.Unsupported);

    public CharsetKind Kind { get; }

    /// <summary>
    /// ISO-8859-1. Where it has control characters that no text holds, 80 to 9F, senders mean Windows-1252, which is
    /// read so, and never written.
    /// </summary>
    public static Hl7Charset Latin1() =>
        new([.. High(1252).Select(static (character, i) => character == NoCharacter ? (char)(FirstHigh + i) : character)]) { firstWritten = 0xA0 };

    public static Hl7Charset SingleByte(int codePage) => new(High(codePage));

    /// <summary>JIS X 0201 in its eight-bit form: half-width katakana from A1 to DF.</summary>
    public static Hl7Charset Katakana() => new([.. Enumerable.Range(FirstHigh, 128).Select(static at => at is >= 0xA1 and <= 0xDF ? (char)(0xFF61 + at - 0xA1) : NoCharacter)]);

    public static Hl7Charset MultiByte(int codePage) =>
        new(CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(NoCharacter.ToString()))!);

    /// <summary>Brings bytes to UTF-8: at most three bytes for one. What has no character becomes U+FFFD.</summary>
    /// <param name="firstFault">Offset of the first byte without character, or minus one.</param>
    /// <returns>The bytes written.</returns>
    public int Decode(ReadOnlySpan<byte> text, Span<byte> utf8, out int firstFault)
    {
        firstFault = -1;
        if (strict is not null)
        {
            return DecodeMultiByte(text, utf8, out firstFault);
        }

        var written = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] < FirstHigh)
            {
                utf8[written++] = text[at];
                continue;
            }

            var character = high[text[at] - FirstHigh];
            firstFault = character == NoCharacter && firstFault < 0 ? at : firstFault;
            written += new Rune(character).EncodeToUtf8(utf8[written..]);
        }

        return written;
    }

    /// <summary>Brings UTF-8 back; false where a character is not in the set.</summary>
    public bool TryEncode(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        if (Kind is CharsetKind.Undeclared or CharsetKind.Utf8 || System.Text.Ascii.IsValid(utf8))
        {
            output.Write(utf8);
            return true;
        }

        var text = Encoding.UTF8.GetString(utf8);
        if (strict is not null)
        {
            try
            {
                output.Write(strict.GetBytes(text));
                return true;
            }
            catch (EncoderFallbackException)
            {
                return false;
            }
        }

        var encoded = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] >= FirstHigh && !bytes.Value.TryGetValue(text[i], out encoded[i]))
            {
                return false;
            }

            encoded[i] = text[i] < FirstHigh ? (byte)text[i] : encoded[i];
        }

        output.Write(encoded);
        return true;
    }

    private static char[] High(int codePage)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(NoCharacter.ToString()))!;
        return [.. Enumerable.Range(FirstHigh, 128).Select(at => encoding.GetChars([(byte)at])[0] is var character && char.GetUnicodeCategory(character) != System.Globalization.UnicodeCategory.PrivateUse ? character : NoCharacter)];
    }

    private int DecodeMultiByte(ReadOnlySpan<byte> text, Span<byte> utf8, out int firstFault)
    {
        // Character by character only as far as needed to find the fault.
        var characters = ArrayPool<char>.Shared.Rent(strict!.GetMaxCharCount(text.Length));
        try
        {
            var count = strict.GetChars(text, characters);
            var fault = characters.AsSpan(0, count).IndexOf(NoCharacter);
            firstFault = fault < 0 ? -1 : Math.Min(strict.GetByteCount(characters.AsSpan(0, fault)), text.Length - 1);
            return Encoding.UTF8.GetBytes(characters.AsSpan(0, count), utf8);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters, clearArray: true);
        }
    }

    private Dictionary<char, byte> Backwards()
    {
        var back = new Dictionary<char, byte>();
        for (var i = firstWritten - FirstHigh; i < high.Length; i++)
        {
            if (high[i] != NoCharacter)
            {
                back.TryAdd(high[i], (byte)(FirstHigh + i));
            }
        }

        return back;
    }
}
