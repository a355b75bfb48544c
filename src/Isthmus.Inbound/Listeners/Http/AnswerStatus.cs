using Isthmus.Exchange;
using Isthmus.Hl7v2;
using Isthmus.Inbound.Acknowledging;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// The HTTP status of an answer. HL7 over HTTP 1.3 ties it to MSA-1: 200 for AA and CA, 500 for AE and CE, 400 for AR and CR. What
/// lies outside the message, and may pass, is 503 with Retry-After, so that no client takes it for final.
/// </summary>
internal static class AnswerStatus
{
    /// <summary>Watermarks are measured every second; a sender that comes sooner meets the same answer.</summary>
    public const int RetryAfterSeconds = 2;

    public static int Of(in Answer answer) => answer.Refusal switch
    {
        { } refusal when refusal == HttpRules.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        { Transient: true } => StatusCodes.Status503ServiceUnavailable,
        not null => answer.Code is AcknowledgementCode.AE or AcknowledgementCode.CE
            ? StatusCodes.Status500InternalServerError
            : StatusCodes.Status400BadRequest,
        _ when answer.Bytes.IsEmpty => StatusCodes.Status204NoContent,
        _ => StatusCodes.Status200OK,
    };

    /// <summary>Of a request whose body is not looked at.</summary>
    public static int Of(Refusal refusal) => refusal switch
    {
        _ when refusal == HttpRules.PathUnknown => StatusCodes.Status404NotFound,
        _ when refusal == HttpRules.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        _ when refusal == HttpRules.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        _ when refusal == HttpRules.SlowSender => StatusCodes.Status408RequestTimeout,
        _ => StatusCodes.Status415UnsupportedMediaType,
    };
}
