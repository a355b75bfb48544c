using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>What the head of one request says about its framing. Lines are given without their ends, and hold printable ASCII and tabs.</summary>
internal struct RequestHead
{
    private const long NoLength = -1;

    private static readonly SearchValues<byte> NameLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private static readonly SearchValues<byte> HostLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8);

    private static readonly SearchValues<byte> AddressLetters = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>More digits than any body has bytes, and few enough not to overflow.</summary>
    private const int MostLengthDigits = 15;

    private bool takesBody;
    private bool isHttp10;
    private bool hasHost;

    /// <summary>HEAD, whose answer has no body.</summary>
    public bool IsHead { get; private set; }

    /// <summary>The body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Bytes of the body where it is not chunked.</summary>
    public long Length { get; private set; }

    /// <summary>Nothing that follows on this connection is a request.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Takes <c>method SP target SP version</c> (RFC 9112 section 3).</summary>
    public FramingRefusal? TakeRequestLine(ReadOnlySpan<byte> line)
    {
        this = default;
        Length = NoLength;
        var method = line.IndexOf((byte)' ');
        if (method <= 0 || line[..method].ContainsAnyExcept(NameLetters))
        {
            return FramingRules.RequestLineMalformed;
        }

        if (!TakeMethod(line[..method]))
        {
            return FramingRules.MethodRefused;
        }

        line = line[(method + 1)..];
        var target = line.IndexOf((byte)' ');
        if (target < 0)
        {
            return FramingRules.RequestLineMalformed;
        }

        var version = line[(target + 1)..];
        isHttp10 = version.SequenceEqual("HTTP/1.0"u8);
        IsLast = isHttp10;
        if (!isHttp10 && !version.SequenceEqual("HTTP/1.1"u8))
        {
            return IsVersion(version) ? FramingRules.VersionRefused : FramingRules.RequestLineMalformed;
        }

        return RequestTarget.Check(line[..target]);
    }

    /// <summary>Takes <c>name: value</c> (RFC 9112 section 5).</summary>
    public FramingRefusal? TakeField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOfAnyExcept(NameLetters);
        if (colon <= 0 || line[colon] != ':')
        {
            return line[0] is (byte)' ' or (byte)'\t' ? FramingRules.HeaderFolded : FramingRules.HeaderNameRefused;
        }

        var name = line[..colon];
        var value = line[(colon + 1)..];
        return name.Length switch
        {
            4 when Ascii.EqualsIgnoreCase(name, "host"u8) => TakeHost(Trimmed(value)),
            6 when Ascii.EqualsIgnoreCase(name, "expect"u8) => TakeExpectation(Trimmed(value)),
            7 when Ascii.EqualsIgnoreCase(name, "upgrade"u8) => FramingRules.UpgradeRefused,
            10 when Ascii.EqualsIgnoreCase(name, "connection"u8) => TakeConnection(Trimmed(value)),
            14 when Ascii.EqualsIgnoreCase(name, "content-length"u8) => TakeLength(Trimmed(value)),
            14 when Ascii.EqualsIgnoreCase(name, "http2-settings"u8) => FramingRules.UpgradeRefused,
            17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8) => TakeCoding(Trimmed(value)),
            _ => null,
        };
    }

    /// <summary>What only the whole head shows.</summary>
    public FramingRefusal? Finish(long? mostBytes)
    {
        if (!hasHost)
        {
            return FramingRules.HostRefused;
        }

        if (IsChunked && Length != NoLength)
        {
            return FramingRules.TwoLengths;
        }

        if (IsChunked && isHttp10)
        {
            return FramingRules.TransferEncodingRefused;
        }

        if (takesBody && isHttp10 && Length == NoLength)
        {
            return FramingRules.LengthRequired;
        }

        Length = Math.Max(Length, 0);
        if (!takesBody && (IsChunked || Length > 0))
        {
            return FramingRules.BodyUnexpected;
        }

        return Length > mostBytes ? FramingRules.BodyTooLarge : null;
    }

    private bool TakeMethod(ReadOnlySpan<byte> method)
    {
        IsHead = method.SequenceEqual("HEAD"u8);
        takesBody = method.SequenceEqual("POST"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("PATCH"u8);
        return takesBody || IsHead || method.SequenceEqual("GET"u8) || method.SequenceEqual("DELETE"u8);
    }

    private static bool IsVersion(ReadOnlySpan<byte> version) =>
        version.Length == 8 && version.StartsWith("HTTP/"u8) && char.IsAsciiDigit((char)version[5]) && version[6] == '.' && char.IsAsciiDigit((char)version[7]);

    private FramingRefusal? TakeHost(ReadOnlySpan<byte> value)
    {
        var isFirst = !hasHost;
        hasHost = true;
        return isFirst && IsHost(value) ? null : FramingRules.HostRefused;
    }

    /// <summary>A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port.</summary>
    private static bool IsHost(ReadOnlySpan<byte> value)
    {
        int end;
        if (value.StartsWith("["u8))
        {
            end = value.IndexOf((byte)']') + 1;
            if (end < 4 || value[1..(end - 1)].ContainsAnyExcept(AddressLetters))
            {
                return false;
            }
        }
        else
        {
            end = value.IndexOfAnyExcept(HostLetters);
            end = end < 0 ? value.Length : end;
            if (end == 0)
            {
                return false;
            }
        }

        var port = value[end..];
        return port.IsEmpty || (port.Length is >= 2 and <= 6 && port[0] == ':' && !port[1..].ContainsAnyExcept(Digits));
    }

    private static FramingRefusal? TakeExpectation(ReadOnlySpan<byte> value) =>
        Ascii.EqualsIgnoreCase(value, "100-continue"u8) ? null : FramingRules.ExpectationRefused;

    /// <summary>Other options would name fields for a proxy to take away, framing's own among them.</summary>
    private FramingRefusal? TakeConnection(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var option = Trimmed(value[range]);
            if (Ascii.EqualsIgnoreCase(option, "close"u8))
            {
                IsLast = true;
            }
            else if (!Ascii.EqualsIgnoreCase(option, "keep-alive"u8) && !Ascii.EqualsIgnoreCase(option, "te"u8))
            {
                return FramingRules.ConnectionRefused;
            }
        }

        return null;
    }

    private FramingRefusal? TakeLength(ReadOnlySpan<byte> value)
    {
        if (Length != NoLength
            || value.IsEmpty || value.Length > MostLengthDigits || value.ContainsAnyExcept(Digits)
            || (value[0] == '0' && value.Length > 1)
            || !Utf8Parser.TryParse(value, out long length, out _))
        {
            return FramingRules.ContentLengthRefused;
        }

        Length = length;
        return null;
    }

    private FramingRefusal? TakeCoding(ReadOnlySpan<byte> value)
    {
        if (IsChunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            return FramingRules.TransferEncodingRefused;
        }

        IsChunked = true;
        return null;
    }

    /// <summary>Tabs stay: not every reader takes them off a length (RFC 9112 section 5 lets it).</summary>
    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> value) => value.Trim((byte)' ');
}
