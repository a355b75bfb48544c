namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>
/// What the guard refuses (RFC 9110 and 9112; where it is stricter than they are, two readers of the same bytes are known to differ).
/// </summary>
internal static class FramingRules
{
    /// <summary>The methods that anything here takes.</summary>
    public const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE";

    // --- the request line

    public static readonly FramingRefusal RequestLineMalformed = new(
        400, "http.request-line-malformed", "A request begins with method, target and HTTP version, one space between them, and ends its line with CR LF.");

    public static readonly FramingRefusal RequestLineTooLong = new(
        414, "http.request-line-too-long", "The request line is longer than this listener takes. Send long searches by POST.");

    public static readonly FramingRefusal MethodRefused = new(
        405, "http.method-refused", $"This method is not taken here. Send one of {Methods}, in capital letters.", Methods);

    public static readonly FramingRefusal TargetRefused = new(
        400, "http.target-refused", "The target must be a path that begins with a slash, without scheme and host.");

    public static readonly FramingRefusal PathAmbiguous = new(
        400, "http.path-ambiguous",
        "The path has dot segments, empty segments, a semicolon, a backslash, or an escape that two readers may read in two ways. Write it plainly.");

    public static readonly FramingRefusal QueryMalformed = new(
        400, "http.query-malformed", "The query holds a character that must be percent-encoded, or a percent sign without two hexadecimal digits.");

    public static readonly FramingRefusal VersionRefused = new(505, "http.version-refused", "Speak HTTP/1.1 here.");

    // --- lines and fields

    public static readonly FramingRefusal LineEndRefused = new(
        400, "http.line-end-refused", "Lines end with CR LF; neither stands alone.");

    public static readonly FramingRefusal HeaderFolded = new(
        400, "http.header-folded", "A header line begins with a space or a tab. Write each field on one line (RFC 9112 section 5.2).");

    public static readonly FramingRefusal HeaderNameRefused = new(
        400, "http.header-name-refused", "A field name is letters, digits and hyphens, with the colon directly behind it.");

    public static readonly FramingRefusal CharacterRefused = new(
        400, "http.header-character-refused", "Request line and header fields are printable ASCII; encode anything else.");

    public static readonly FramingRefusal HeadersTooLarge = new(
        431, "http.headers-too-large", "The header fields together are larger than this listener takes.");

    public static readonly FramingRefusal HeadersTooMany = new(
        431, "http.headers-too-many", "There are more header fields than this listener takes.");

    public static readonly FramingRefusal HeadTooSlow = new(
        408, "http.head-too-slow", "The request line and header did not arrive within the time that this listener gives them.");

    public static readonly FramingRefusal HostRefused = new(
        400, "http.host-refused", "A request has exactly one Host field, with a name or address and perhaps a port.");

    public static readonly FramingRefusal ConnectionRefused = new(
        400, "http.connection-option-refused", "The Connection field may say close, keep-alive or TE here, and name no other field.");

    public static readonly FramingRefusal UpgradeRefused = new(
        400, "http.upgrade-refused", "The protocol is not changed on this connection. Leave Upgrade and HTTP2-Settings out.");

    public static readonly FramingRefusal ExpectationRefused = new(
        417, "http.expectation-refused", "The only expectation that is met here is 100-continue.");

    // --- how long the body is

    public static readonly FramingRefusal TwoLengths = new(
        400, "http.two-lengths", "The request says by Content-Length and by Transfer-Encoding how long its body is. Send one of the two.");

    public static readonly FramingRefusal ContentLengthRefused = new(
        400, "http.content-length-refused", "A request has at most one Content-Length, in digits only: no sign, list, leading zero or repetition.");

    public static readonly FramingRefusal LengthRequired = new(
        411, "http.length-required", "In HTTP/1.0 the end of a body shows only by its Content-Length. Send one, or speak HTTP/1.1.");

    public static readonly FramingRefusal TransferEncodingRefused = new(
        400, "http.transfer-encoding-refused", "The only transfer coding taken here is chunked, named once, and in HTTP/1.1.");

    public static readonly FramingRefusal BodyUnexpected = new(
        400, "http.body-unexpected", "GET, HEAD and DELETE have no body here.");

    public static readonly FramingRefusal BodyTooLarge = new(
        413, "http.body-too-large", "The body is larger than this listener takes. Send large content by reference or raise the listener's limit.");

    public static readonly FramingRefusal ChunkMalformed = new(
        400, "http.chunk-malformed", "A chunk is its size in at most eight hexadecimal digits, CR LF, so many bytes, CR LF; chunk extensions are not taken.");

    public static readonly FramingRefusal TrailersRefused = new(
        400, "http.trailers-refused", "No fields may follow the last chunk; send them in the header.");
}
