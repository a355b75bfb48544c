using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Connectors.Mllp;

/// <summary>
/// What a refusal means for the next attempt. AE and CE say that the message is at fault (HL7 v2.5.1 table 0008): sent again it is
/// refused again. AR and CR may lie outside it. The error code, where there is one, knows better.
/// </summary>
internal static class AnswerVerdict
{
    /// <summary>Table 0357: type, event, processing id or version unsupported.</summary>
    private const int FirstUnsupported = 200;
    private const int LastUnsupported = 203;

    /// <summary>Table 0357: the record is locked, or the receiver failed inside.</summary>
    private const int RecordLocked = 206;
    private const int InternalError = 207;

    public static DeliveryResult Of(MllpAnswer answer) => answer.IsAccepted
        ? DeliveryResult.Delivered(0)
        : DeliveryResult.Failed(
            answer.Error switch
            {
                >= FirstUnsupported and <= LastUnsupported => FailureClass.BusinessRule,
                RecordLocked or InternalError => FailureClass.Application,
                _ => answer.Code is "AR" or "CR" ? FailureClass.Application : FailureClass.BusinessRule,
            },
            answer.Error);
}
