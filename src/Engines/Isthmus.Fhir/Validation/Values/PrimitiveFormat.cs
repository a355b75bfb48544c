using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Validation.Values;

/// <summary>
/// The lexical form of FHIR's primitive types (FHIR R4 datatypes.html#primitive), by scans over the bytes. What a type's
/// regular expression leaves open and the calendar does not, such as the 30th of February, is refused as well.
/// </summary>
internal static class PrimitiveFormat
{
    /// <summary>FHIR R4 datatypes.html#string: "Strings SHALL NOT exceed 1MB in size".</summary>
    private const int MostStringBytes = 1024 * 1024;

    private const int MostIdBytes = 64;

    private static readonly SearchValues<byte> IdBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n\v\f"u8);

    private static readonly SearchValues<byte> Control = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);

    private static readonly SearchValues<byte> Base64Bytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Whether JSON writes the type as this kind of value.</summary>
    public static bool Fits(PrimitiveKind type, FhirKind written) => type switch
    {
        PrimitiveKind.Boolean => written is FhirKind.True or FhirKind.False,
        PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal => written == FhirKind.Number,
        _ => written == FhirKind.String,
    };

    public static string Written(PrimitiveKind type) => type switch
    {
        PrimitiveKind.Boolean => "boolean",
        PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal => "number",
        _ => "string",
    };

    /// <summary>The rule that the text breaks, or null. The text is unescaped.</summary>
    public static FindingRule? Check(PrimitiveKind type, ReadOnlySpan<byte> text) => type switch
    {
        PrimitiveKind.Boolean => null,
        PrimitiveKind.Integer => Whole(text, int.MinValue) ? null : ValueRules.Integer,
        PrimitiveKind.PositiveInt => Whole(text, 1) ? null : ValueRules.PositiveInt,
        PrimitiveKind.UnsignedInt => Whole(text, 0) ? null : ValueRules.UnsignedInt,
        PrimitiveKind.Decimal => Decimal(text) ? null : ValueRules.Decimal,
        _ when text.IsEmpty => ValueRules.EmptyString,
        PrimitiveKind.String => Text(text, trimmed: true),
        PrimitiveKind.Markdown or PrimitiveKind.Xhtml => Text(text, trimmed: false),
        PrimitiveKind.Base64Binary => Base64(text) ? null : ValueRules.Base64,
        PrimitiveKind.Code => Code(text) ? null : ValueRules.Code,
        PrimitiveKind.Id => text.Length <= MostIdBytes && !text.ContainsAnyExcept(IdBytes) ? null : ValueRules.Id,
        PrimitiveKind.Date => FhirDates.IsDate(text) ? null : ValueRules.Date,
        PrimitiveKind.DateTime => FhirDates.IsDateTime(text) ? null : ValueRules.DateTime,
        PrimitiveKind.Instant => FhirDates.IsInstant(text) ? null : ValueRules.Instant,
        PrimitiveKind.Time => FhirDates.IsTime(text) ? null : ValueRules.Time,
        PrimitiveKind.Oid => Oid(text) ? null : ValueRules.Oid,
        PrimitiveKind.Uuid => Uuid(text) ? null : ValueRules.Uuid,
        _ => Uri(text),
    };

    private static bool Whole(ReadOnlySpan<byte> text, int least) =>
        Utf8Parser.TryParse(text, out int value, out var used) && used == text.Length && value >= least && (value != 0 || text.Length == 1);

    private static bool Decimal(ReadOnlySpan<byte> text) => JsonNumber.LengthOf(text) == text.Length;

    private static FindingRule? Text(ReadOnlySpan<byte> text, bool trimmed) =>
        text.ContainsAny(Control) ? ValueRules.Character
        : text.Length > MostStringBytes && Encoding.UTF8.GetCharCount(text) > MostStringBytes ? ValueRules.StringTooLong
        : WhiteSpace.Contains(text[0]) && !text.ContainsAnyExcept(WhiteSpace) ? ValueRules.OnlyBlank
        : trimmed && (WhiteSpace.Contains(text[0]) || WhiteSpace.Contains(text[^1])) ? ValueRules.Blank
        : null;

    private static bool Code(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny(WhiteSpace))
        {
            return true;
        }

        if (WhiteSpace.Contains(text[0]) || WhiteSpace.Contains(text[^1]))
        {
            return false;
        }

        var before = false;
        foreach (var b in text)
        {
            var space = WhiteSpace.Contains(b);
            if (space && before)
            {
                return false;
            }

            before = space;
        }

        return true;
    }

    /// <summary>Within a uri, an OID or UUID ends where a canonical's version or a fragment begins.</summary>
    private static FindingRule? Uri(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny(WhiteSpace))
        {
            return ValueRules.Uri;
        }

        if (!text.StartsWith("urn:"u8))
        {
            return null;
        }

        var name = text.IndexOfAny((byte)'|', (byte)'#') is var end and >= 0 ? text[..end] : text;
        return name.StartsWith("urn:oid:"u8) && !Oid(name) ? ValueRules.Oid
            : name.StartsWith("urn:uuid:"u8) && !Uuid(name) ? ValueRules.Uuid
            : null;
    }

    private static bool Oid(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("urn:oid:"u8) || text.Length < 9 || text[8] is < (byte)'0' or > (byte)'2')
        {
            return false;
        }

        var rest = text[9..];
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : rest.Length - 1;
            if (rest[0] != '.' || digits == 0 || (digits > 1 && rest[1] == '0'))
            {
                return false;
            }

            rest = rest[(1 + digits)..];
        }

        return true;
    }

    private static bool Uuid(ReadOnlySpan<byte> text)
    {
        const int Digits = 36;
        if (text.Length != 9 + Digits || !text.StartsWith("urn:uuid:"u8))
        {
            return false;
        }

        for (var i = 0; i < Digits; i++)
        {
            var b = text[9 + i];
            if (i is 8 or 13 or 18 or 23 ? b != '-' : b is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Groups of four; white space between groups is what line breaks of mail leave, and the specification allows it.</summary>
    private static bool Base64(ReadOnlySpan<byte> text)
    {
        var plain = text.IndexOfAnyExcept(Base64Bytes);
        if (plain < 0)
        {
            return text.Length % 4 == 0;
        }

        int count = 0, padding = 0;
        foreach (var b in text)
        {
            if (WhiteSpace.Contains(b))
            {
                continue;
            }

            if (b == '=' ? ++padding > 2 : padding > 0 || !Base64Bytes.Contains(b))
            {
                return false;
            }

            count++;
        }

        return count > 0 && count % 4 == 0;
    }
}
