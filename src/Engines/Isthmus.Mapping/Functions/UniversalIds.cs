using System.Buffers;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// Universal ids (HD.2, EI.3) with the type that says what they are (table 0301) as the URIs that FHIR demands. What is not what its
/// type says makes no URI here: an invented OID would name somebody else.
/// </summary>
internal static class UniversalIds
{
    private static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_"u8);

    /// <summary>Writes the URI and returns its length; 0 where the id does not have its type's form, or the type is no kind of URI.</summary>
    public static int Write(ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, Span<byte> uri) => type switch
    {
        _ when IsUri(id) => Copy([], id, uri),
        [(byte)'I', (byte)'S', (byte)'O'] or [] => IsOid(id) ? Copy("urn:oid:"u8, id, uri) : 0,
        [(byte)'U', (byte)'U', (byte)'I', (byte)'D'] or [(byte)'G', (byte)'U', (byte)'I', (byte)'D'] => IsUuid(id) ? LowerCase(Copy("urn:uuid:"u8, id, uri), uri) : 0,
        [(byte)'D', (byte)'N', (byte)'S'] => id.ContainsAnyExcept(NameCharacters) ? 0 : Copy("urn:dns:"u8, id, uri),
        [(byte)'U', (byte)'R', (byte)'I'] => IsAbsolute(id) ? Copy([], id, uri) : HasNoSpace(id) ? Copy("urn:uri:"u8, id, uri) : 0,
        _ => 0,
    };

    /// <summary>Whether ids of that type have a form that can be told to be wrong; the rest (L, M, CLIA and the like) are names.</summary>
    public static bool HasForm(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("ISO"u8) || type.SequenceEqual("UUID"u8) || type.SequenceEqual("GUID"u8) || type.SequenceEqual("DNS"u8) || type.SequenceEqual("URI"u8);

    /// <summary>Whether it is a URI as it stands, and one that FHIR's rules for OIDs and UUIDs allow.</summary>
    public static bool IsUri(ReadOnlySpan<byte> text) =>
        text.StartsWith("urn:oid:"u8) ? IsOid(text["urn:oid:"u8.Length..])
        : text.StartsWith("urn:uuid:"u8) ? IsUuid(text["urn:uuid:"u8.Length..]) && !text.ContainsAnyInRange((byte)'A', (byte)'Z')
        : (text.StartsWith("http://"u8) || text.StartsWith("https://"u8) || text.StartsWith("urn:"u8)) && HasNoSpace(text);

    /// <summary>Numbers between dots, the first of them 0, 1 or 2.</summary>
    private static bool IsOid(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text[0] is < (byte)'0' or > (byte)'2' || text[1] != '.')
        {
            return false;
        }

        foreach (var part in text.Split((byte)'.'))
        {
            var number = text[part];
            if (number.IsEmpty || number.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (number.Length > 1 && number[0] == '0'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsUuid(ReadOnlySpan<byte> text)
    {
        if (text.Length != 36)
        {
            return false;
        }

        for (var at = 0; at < text.Length; at++)
        {
            if (at is 8 or 13 or 18 or 23 ? text[at] != '-' : !Hexadecimal.Contains(text[at]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it begins with a scheme (RFC 3986 §3.1).</summary>
    private static bool IsAbsolute(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        return colon > 1 && char.IsAsciiLetter((char)text[0]) && !text[..colon].ContainsAnyExcept(NameCharacters) && HasNoSpace(text);
    }

    private static bool HasNoSpace(ReadOnlySpan<byte> text) => !text.ContainsAnyInRange((byte)0, (byte)' ') && !text.IsEmpty;

    private static int LowerCase(int length, Span<byte> uri)
    {
        foreach (ref var b in uri[..length])
        {
            b = (byte)char.ToLowerInvariant((char)b);
        }

        return length;
    }

    private static int Copy(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (prefix.Length + text.Length > to.Length)
        {
            return 0;
        }

        prefix.CopyTo(to);
        text.CopyTo(to[prefix.Length..]);
        return prefix.Length + text.Length;
    }
}
