using System.Collections.Frozen;

namespace Isthmus.Hl7v2;

/// <summary>
/// The names of character sets as MSH-18 has them (HL7 table 0211) and as senders spell them: letters and digits count,
/// a leading ISO does not.
/// </summary>
internal static class Hl7Charsets
{
    /// <summary>Longer names are none.</summary>
    private const int LongestName = 32;

    private static readonly FrozenDictionary<string, Lazy<Hl7Charset>> ByName = Names().ToFrozenDictionary();
    private static readonly FrozenDictionary<string, Lazy<Hl7Charset>>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="declared">One repetition of MSH-18.</param>
    public static Hl7Charset Of(ReadOnlySpan<byte> declared)
    {
        Span<char> name = stackalloc char[LongestName];
        var length = 0;
        foreach (var character in declared)
        {
            if (!char.IsAsciiLetterOrDigit((char)character))
            {
                continue;
            }

            if (length == LongestName)
            {
                return Hl7Charset.Unsupported;
            }

            name[length++] = char.ToUpperInvariant((char)character);
        }

        ReadOnlySpan<char> found = name[..length];
        found = found.StartsWith("ISO") ? found[3..] : found;
        return length == 0 ? Hl7Charset.Undeclared
            : Lookup.TryGetValue(found, out var charset) ? charset.Value
            : Hl7Charset.Unsupported;
    }

    /// <summary>Sets that are reached by switching, so that the others of the message need a look: JIS X 0208 and 0212.</summary>
    public static bool IsSwitched(ReadOnlySpan<byte> declared)
    {
        ReadOnlySpan<byte> digits = declared.TrimEnd((byte)' ');
        return digits.EndsWith("IR87"u8) || digits.EndsWith("IR159"u8) || digits.EndsWith("IR 87"u8) || digits.EndsWith("IR 159"u8);
    }

    private static IEnumerable<KeyValuePair<string, Lazy<Hl7Charset>>> Names()
    {
        IEnumerable<(Func<Hl7Charset> Charset, string[] Names)> all =
        [
            (() => Hl7Charset.Ascii, ["ASCII", "USASCII", "ANSIX34", "IR6", "646", "IR87", "IR159", "2022IR87", "2022IR159", "2022IR6"]),
            (() => Hl7Charset.Utf8, ["UNICODEUTF8", "UTF8", "UNICODE", "10646", "IR192"]),
            (() => Hl7Charset.Utf16, ["UNICODEUTF16", "UTF16", "UTF16LE", "UTF16BE"]),
            (Hl7Charset.Latin1, ["88591", "LATIN1", "IR100", "2022IR100", "WINDOWS1252", "CP1252"]),
            (() => Hl7Charset.SingleByte(28592), ["88592", "LATIN2", "IR101"]),
            (() => Hl7Charset.SingleByte(28593), ["88593", "LATIN3", "IR109"]),
            (() => Hl7Charset.SingleByte(28594), ["88594", "LATIN4", "IR110"]),
            (() => Hl7Charset.SingleByte(28595), ["88595", "CYRILLIC", "IR144"]),
            (() => Hl7Charset.SingleByte(28596), ["88596", "ARABIC", "IR127"]),
            (() => Hl7Charset.SingleByte(28597), ["88597", "GREEK", "IR126"]),
            (() => Hl7Charset.SingleByte(28598), ["88598", "HEBREW", "IR138"]),
            (() => Hl7Charset.SingleByte(28599), ["88599", "LATIN5", "IR148"]),
            (() => Hl7Charset.SingleByte(874), ["885911", "IR166", "TIS620"]),
            (() => Hl7Charset.SingleByte(28603), ["885913", "LATIN7"]),
            (() => Hl7Charset.SingleByte(28605), ["885915", "LATIN9", "IR203"]),
            (() => Hl7Charset.SingleByte(1250), ["WINDOWS1250", "CP1250"]),
            (() => Hl7Charset.SingleByte(1251), ["WINDOWS1251", "CP1251"]),
            (Hl7Charset.Katakana, ["IR13", "IR14", "2022IR13", "2022IR14", "JISX02011976"]),
            (() => Hl7Charset.MultiByte(54936), ["GB180302000", "GB18030", "GB2312", "GBK"]),
            (() => Hl7Charset.MultiByte(950), ["BIG5"]),
            (() => Hl7Charset.MultiByte(949), ["KSX1001", "KSC5601", "IR149", "EUCKR"]),
            (() => Hl7Charset.MultiByte(932), ["SHIFTJIS", "SJIS", "WINDOWS31J"]),
        ];
        foreach (var (make, names) in all)
        {
            var charset = new Lazy<Hl7Charset>(make);
            foreach (var name in names)
            {
                yield return new(name, charset);
            }
        }
    }
}
