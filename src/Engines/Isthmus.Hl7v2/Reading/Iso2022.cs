using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>
/// Switches between character sets inside a text (ISO 2022): by escape control, as Japanese senders do (MSH-20
/// <c>ISO 2022-1994</c>), or by <c>\Cxxyy\</c> and <c>\Mxxyyzz\</c>, which carry the same sequences in hexadecimal
/// (HL7 v2.5.1 §2.7.2). Known are ASCII, JIS X 0201, 0208 and 0212 and the parts of ISO 8859; a switch to another set
/// stays in the text as it stands. The end of a segment switches back. Before <paramref name="from"/> nothing is a switch.
/// </summary>
internal ref struct Iso2022(ReadOnlySpan<byte> frame, Hl7Charset declared, byte escape, int from)
{
    private const byte EscapeControl = 0x1B;
    private const byte LastKanjiRow = 0x74;

    /// <summary>EUC-JP with JIS X 0212: a pair of bytes of either set is one character there.</summary>
    private static readonly Lazy<Encoding> Kanji = new(static () =>
        CodePagesEncodingProvider.Instance.GetEncoding(20932, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))!);

    private readonly ReadOnlySpan<byte> frame = frame;
    private Hl7Charset? switched;
    private Set low = Set.Ascii;
    private int at;

    private enum Set
    {
        Ascii,
        Katakana,
        Kanji,
        SupplementaryKanji,
        Unknown,
    }

    /// <summary>Offset of the first byte without character, or of a switch to a set that is not known; minus one if none.</summary>
    public int FirstFault { get; private set; } = -1;

    /// <summary>Whether there is anything that could be a switch.</summary>
    public static bool MayStandIn(ReadOnlySpan<byte> frame, byte escape) =>
        frame.Contains(EscapeControl)
        || (escape != 0 && (frame.IndexOf([escape, (byte)'C']) >= 0 || frame.IndexOf([escape, (byte)'M']) >= 0));

    /// <param name="utf8">Three times as long as the frame.</param>
    /// <returns>The bytes written.</returns>
    public int Decode(Span<byte> utf8)
    {
        var written = 0;
        while (at < frame.Length)
        {
            var length = at < from ? 0 : Switch(frame[at..]);
            if (length > 0)
            {
                if (low == Set.Unknown)
                {
                    Fault();
                    low = Set.Ascii;
                    frame.Slice(at, length).CopyTo(utf8[written..]);
                    written += length;
                }

                at += length;
                continue;
            }

            written += Character(utf8[written..]);
        }

        return written;
    }

    private int Character(Span<byte> utf8)
    {
        var character = frame[at];
        if (character is (byte)'\r' or (byte)'\n')
        {
            low = Set.Ascii;
            switched = null;
        }

        if (low is Set.Kanji or Set.SupplementaryKanji)
        {
            if (character is > 0x20 and <= LastKanjiRow)
            {
                return Pair(utf8);
            }

            // No kanji begins so, a field separator among others: the sender forgot to switch back.
            low = character > LastKanjiRow ? Set.Ascii : low;
        }

        if (low == Set.Katakana && character is > 0x20 and < 0x60)
        {
            at++;
            return new Rune(0xFF61 + character - 0x21).EncodeToUtf8(utf8);
        }

        if (character < 0x80)
        {
            utf8[0] = character;
            at++;
            return 1;
        }

        var high = switched ?? declared;
        var rune = Rune.ReplacementChar;
        var taken = 1;
        var isSound = high.Kind == CharsetKind.SingleByte
            ? high.Decode(frame.Slice(at, 1), utf8, out var fault) is var written && fault < 0
                && Rune.DecodeFromUtf8(utf8[..written], out rune, out _) == OperationStatus.Done
            : Rune.DecodeFromUtf8(frame[at..], out rune, out taken) == OperationStatus.Done;
        if (!isSound)
        {
            Fault();
        }

        at += taken;
        return rune.EncodeToUtf8(utf8);
    }

    private int Pair(Span<byte> utf8)
    {
        if (at + 1 >= frame.Length || frame[at + 1] is < 0x21 or > 0x7E)
        {
            Fault();
            at++;
            return Rune.ReplacementChar.EncodeToUtf8(utf8);
        }

        // JIS X 0212 shows in code page 20932 by the second byte keeping its high bit clear.
        ReadOnlySpan<byte> pair = [(byte)(frame[at] | 0x80), (byte)(low == Set.Kanji ? frame[at + 1] | 0x80 : frame[at + 1])];
        Span<char> characters = stackalloc char[4];
        var count = Kanji.Value.GetChars(pair, characters);
        if (characters[..count].Contains(Hl7Charset.NoCharacter))
        {
            Fault();
        }

        at += 2;
        return Encoding.UTF8.GetBytes(characters[..count], utf8);
    }

    /// <summary>Takes a switch if one stands here.</summary>
    /// <returns>Its length, or zero.</returns>
    private int Switch(ReadOnlySpan<byte> text)
    {
        if (text[0] == EscapeControl)
        {
            ReadOnlySpan<byte> sequence = text[1..];
            foreach (var length in (ReadOnlySpan<int>)[2, 3])
            {
                if (sequence.Length >= length && To(sequence[..length]))
                {
                    return length + 1;
                }
            }

            return 0;
        }

        if (escape == 0 || text[0] != escape || text.Length < 3 || text[1] is not ((byte)'C' or (byte)'M'))
        {
            return 0;
        }

        var end = text[2..].IndexOf(escape);
        Span<byte> bytes = stackalloc byte[3];
        if (end is not (4 or 6)
            || Convert.FromHexString(text.Slice(2, end), bytes, out _, out var count) != OperationStatus.Done)
        {
            return 0;
        }

        if (!To(bytes[..count]))
        {
            low = Set.Unknown;
        }

        return end + 3;
    }

    private bool To(scoped ReadOnlySpan<byte> sequence)
    {
        switch (sequence)
        {
            case [(byte)'(', (byte)'B' or (byte)'J']:
                low = Set.Ascii;
                return true;
            case [(byte)'(' or (byte)')', (byte)'I']:
                low = Set.Katakana;
                return true;
            case [(byte)'$', (byte)'@' or (byte)'B']:
            case [(byte)'$', (byte)'(', (byte)'B']:
                low = Set.Kanji;
                return true;
            case [(byte)'$', (byte)'(', (byte)'D']:
                low = Set.SupplementaryKanji;
                return true;
            case [(byte)'-', var final] when Part(final) is { Length: > 0 } name:
                switched = Hl7Charsets.Of(name);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The parts of ISO 8859 by their final bytes in the register of ISO 2022.</summary>
    private static ReadOnlySpan<byte> Part(byte final) => final switch
    {
        (byte)'A' => "8859/1"u8,
        (byte)'B' => "8859/2"u8,
        (byte)'C' => "8859/3"u8,
        (byte)'D' => "8859/4"u8,
        (byte)'L' => "8859/5"u8,
        (byte)'G' => "8859/6"u8,
        (byte)'F' => "8859/7"u8,
        (byte)'H' => "8859/8"u8,
        (byte)'M' => "8859/9"u8,
        (byte)'T' => "8859/11"u8,
        (byte)'Y' => "8859/13"u8,
        (byte)'b' => "8859/15"u8,
        _ => default,
    };

    private void Fault() => FirstFault = FirstFault < 0 ? at : FirstFault;
}
