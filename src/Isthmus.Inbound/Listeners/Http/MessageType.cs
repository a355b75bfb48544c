using Microsoft.Net.Http.Headers;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// The content type of a body as HL7 over HTTP 1.2 has it. The charset parameter says how the body is encoded, and MSH-18 is then
/// nothing to go by; here MSH-18 is set to what the parameter says, so that whoever reads the journal is not misled.
/// </summary>
/// <param name="ContentType">The request's media type and charset, for the response; nothing else of its header is sent back.</param>
/// <param name="CharacterSet">What MSH-18 should say (HL7 table 0211); null where no charset was given, and MSH-18 decides.</param>
internal readonly record struct MessageType(string ContentType, string? CharacterSet)
{
    public static readonly string[] MediaTypes = ["application/hl7-v2", "application/hl7-v2+er7", "x-application/hl7-v2+er7"];

    /// <summary>The type, or the refusal.</summary>
    public static (MessageType Type, Exchange.Refusal? Refusal) Read(string? header)
    {
        if (!MediaTypeHeaderValue.TryParse(header, out var media)
            || !MediaTypes.Contains(media.MediaType.Value, StringComparer.OrdinalIgnoreCase))
        {
            return (default, HttpRules.MediaTypeUnsupported);
        }

        if (!media.Charset.HasValue)
        {
            return (new MessageType(media.MediaType.Value!, null), null);
        }

        return CharacterSetOf(HeaderUtilities.RemoveQuotes(media.Charset).Value!.ToLowerInvariant()) is { } set
            ? (new MessageType($"{media.MediaType}; charset={media.Charset}", set), null)
            : (default, HttpRules.CharsetUnsupported);
    }

    private static string? CharacterSetOf(string charset) => charset switch
    {
        "utf-8" or "utf8" => "UNICODE UTF-8",
        "us-ascii" or "ascii" => "ASCII",
        "iso-8859-15" => "8859/15",
        _ when charset is ['i', 's', 'o', '-', '8', '8', '5', '9', '-', >= '1' and <= '9'] => $"8859/{charset[^1]}",
        _ => null,
    };
}
