using System.Buffers;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>
/// A request target of which every reader makes the same path: origin-form only (RFC 9112 section 3.2.1), nothing that a proxy, the
/// server or a router would resolve, merge or decode a second time.
/// </summary>
internal static class RequestTarget
{
    private static readonly SearchValues<byte> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@/"u8);

    /// <summary>RFC 3986 section 3.4, with the bar and brackets that FHIR clients send as they are.</summary>
    private static readonly SearchValues<byte> QueryLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?|[]%"u8);

    /// <summary>What forbids the target, or null.</summary>
    public static FramingRefusal? Check(ReadOnlySpan<byte> target)
    {
        if (target.IsEmpty || target[0] != '/')
        {
            return FramingRules.TargetRefused;
        }

        var query = target.IndexOf((byte)'?');
        return query < 0 ? CheckPath(target) : CheckPath(target[..query]) ?? CheckQuery(target[(query + 1)..]);
    }

    private static FramingRefusal? CheckPath(ReadOnlySpan<byte> path)
    {
        var isPlain = !path.ContainsAnyExcept(Letters) && path.IndexOf("/."u8) < 0 && path.IndexOf("//"u8) < 0;
        return isPlain || AreSegmentsPlain(path) ? null : FramingRules.PathAmbiguous;
    }

    /// <summary>Segment by segment, escapes decoded: none may be empty but the last, or of dots only, or hide a character that means something.</summary>
    private static bool AreSegmentsPlain(ReadOnlySpan<byte> path)
    {
        var length = 0;
        var dots = 0;
        for (var i = 1; i <= path.Length; i++)
        {
            if (i == path.Length || path[i] == '/')
            {
                var isLast = i == path.Length;
                if ((length == 0 && !isLast) || (length > 0 && dots == length))
                {
                    return false;
                }

                length = 0;
                dots = 0;
                continue;
            }

            var letter = path[i];
            if (letter == '%')
            {
                if (!TryDecode(path[i..], out letter) || letter is <= 0x20 or >= 0x7F or (byte)'/' or (byte)'\\' or (byte)'%' or (byte)';' or (byte)'?' or (byte)'#')
                {
                    return false;
                }

                i += 2;
            }
            else if (!Letters.Contains(letter))
            {
                return false;
            }

            length++;
            dots += letter == '.' ? 1 : 0;
        }

        return true;
    }

    private static FramingRefusal? CheckQuery(ReadOnlySpan<byte> query)
    {
        if (query.ContainsAnyExcept(QueryLetters))
        {
            return FramingRules.QueryMalformed;
        }

        for (var at = query.IndexOf((byte)'%'); at >= 0; at = query.IndexOf((byte)'%'))
        {
            // NUL ends a string for some readers and is a fault to PostgreSQL.
            if (!TryDecode(query[at..], out var letter) || letter == 0)
            {
                return FramingRules.QueryMalformed;
            }

            query = query[(at + 3)..];
        }

        return null;
    }

    private static bool TryDecode(ReadOnlySpan<byte> escape, out byte letter)
    {
        // A digit that is none makes the whole negative.
        var value = escape.Length < 3 ? -1 : (HexDigit.Value(escape[1]) << 4) | HexDigit.Value(escape[2]);
        letter = (byte)value;
        return value >= 0;
    }
}
