using Isthmus.Exchange;
using Isthmus.Inbound.Listeners.Framing;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// Why a request is refused or a connection closed. What concerns a message is answered by an acknowledgement; the others, before
/// any message is read, by a problem document.
/// </summary>
internal static class HttpRules
{
    public const string CannotListen = "http.cannot-listen";
    public const string TlsFailed = "http.tls-failed";
    public const string TooManyConnections = "http.too-many-connections";
    public const string TooManyOfOneAddress = "http.too-many-of-one-address";

    public static readonly Refusal TlsMissing = new(
        "http.tls-missing",
        "A door for third parties that leaves loopback needs `tls`. Name a certificate and its key in isthmus.yaml.",
        FailureDomain.Edge);

    public static readonly Refusal BodyTooLarge = FramingRules.BodyTooLarge.Refusal;

    public static readonly Refusal NoRoom = new(
        "http.listener-full",
        "All senders together have more under way than this listener holds in memory. Send again later.",
        FailureDomain.Edge, Transient: true);

    public static readonly Refusal SlowSender = new(
        "http.sender-too-slow",
        "The body did not arrive within the time that this listener gives it. Send it again over a faster line.",
        FailureDomain.Client, Transient: true);

    public static readonly Refusal BodyCutOff = new(
        "http.body-cut-off",
        "The connection ended before the body did. Send the request again.",
        FailureDomain.Client, Transient: true);

    public static readonly Refusal PathUnknown = new(
        "http.path-unknown",
        "This listener takes messages at one path, and this is another. See `path` of the listener.",
        FailureDomain.Client);

    public static readonly Refusal MethodNotAllowed = new(
        "http.method-not-allowed",
        "Messages are sent by POST.",
        FailureDomain.Client);

    public static readonly Refusal MediaTypeUnsupported = new(
        "http.media-type-unsupported",
        "The body must be an HL7 v2 message in vertical bar encoding, with the content type application/hl7-v2.",
        FailureDomain.Client);

    public static readonly Refusal CharsetUnsupported = new(
        "http.charset-unsupported",
        "The charset of the content type is none that a message can be read in here. Send UTF-8, US-ASCII or ISO-8859-1 to -9 or -15.",
        FailureDomain.Client);

    public static readonly Refusal HeaderRepeated = new(
        "http.header-repeated",
        "A header field that may have one value was sent twice. Send it once.",
        FailureDomain.Client);

    public static readonly Refusal EncodingUnsupported = new(
        "http.content-encoding-unsupported",
        "The body must be sent as it is, without Content-Encoding.",
        FailureDomain.Client);
}
