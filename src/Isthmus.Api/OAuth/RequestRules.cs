using Isthmus.Exchange;

namespace Isthmus.Api.OAuth;

/// <summary>Why a request is refused before anybody reads what it says.</summary>
internal static class RequestRules
{
    public static readonly Refusal QueryRefused = Of(
        "token.query-refused", "Nothing of this belongs into the address, where logs keep it. Send it in the body.");

    public static readonly Refusal MediaTypeUnsupported = Of("http.media-type-unsupported", "The body has another media type than this address takes.");

    public static readonly Refusal BodyTooLarge = Of("http.body-too-large", "The body is larger than this address takes.");

    private static Refusal Of(string id, string sentence) => new(id, sentence, FailureDomain.Client);
}
