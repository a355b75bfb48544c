namespace Isthmus.Hl7v2;

/// <summary>The character sets of MSH-18 (HL7 table 0211) that are read.</summary>
internal enum Hl7Charset
{
    /// <summary>MSH-18 is empty: the standard's default is ASCII, of which UTF-8 is a superset.</summary>
    Undeclared,
    Ascii,
    Utf8,
    Latin1,
    Unsupported,
}

internal static class Hl7Charsets
{
    /// <summary>Reads the first repetition of MSH-18: it is the one in use unless an escape switches.</summary>
    public static Hl7Charset Of(ReadOnlySpan<byte> declared)
    {
        declared = declared.Trim((byte)' ');
        if (declared.IsEmpty || declared.SequenceEqual("\"\""u8))
        {
            return Hl7Charset.Undeclared;
        }

        if (Is(declared, "UNICODE UTF-8"u8) || Is(declared, "UTF-8"u8) || Is(declared, "UTF8"u8))
        {
            return Hl7Charset.Utf8;
        }

        if (Is(declared, "8859/1"u8) || Is(declared, "ISO-8859-1"u8) || Is(declared, "8859-1"u8))
        {
            return Hl7Charset.Latin1;
        }

        return Is(declared, "ASCII"u8) || Is(declared, "US-ASCII"u8) || Is(declared, "ISO IR6"u8)
            ? Hl7Charset.Ascii
            : Hl7Charset.Unsupported;
    }

    private static bool Is(ReadOnlySpan<byte> declared, ReadOnlySpan<byte> name) =>
        System.Text.Ascii.EqualsIgnoreCase(declared, name);
}
