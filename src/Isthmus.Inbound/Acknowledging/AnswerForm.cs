using System.Buffers;
using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Hl7v2;

namespace Isthmus.Inbound.Acknowledging;

/// <summary>
/// How one message is to be answered. Original mode (HL7 v2.5.1 §2.9.2): AA journalled, AE unreadable, AR unknown sender,
/// type or version, or no room. Enhanced mode (§2.9.3), when MSH-15 or MSH-16 is valued: CA, CE, CR as MSH-15 asks.
/// </summary>
internal sealed class AnswerForm
{
    /// <summary>The message itself is at fault: sending it again unchanged is useless (AE, CE).</summary>
    private static readonly HashSet<Refusal> AtFault =
    [
        ReceptionRules.Unreadable, ReceptionRules.BatchEmpty, ReceptionRules.BatchTooLong, ReceptionRules.BatchSeparatorDiffers,
        ReceptionRules.ControlIdUnusable, ReceptionRules.SequenceNumberUnusable, ReceptionRules.SequenceStartWithContent,
    ];

    private readonly byte[] frame;
    private readonly Hl7Header header;
    private readonly TimeProvider time;
    private readonly When when;

    /// <summary>Keeps of the frame what the answer quotes: its header.</summary>
    public AnswerForm(in Hl7Header header, ReadOnlySpan<byte> frame, TimeProvider time)
    {
        this.header = header;
        this.time = time;
        this.frame = frame[..header.Msh.End].ToArray();
        when = !header.IsEnhancedMode ? When.Always : WhenAsked(header.AcceptAcknowledgementType.Of(frame));
    }

    private enum When
    {
        Always,
        Never,
        OnSuccess,
        OnError,
    }

    /// <param name="messageId">The journal id; null where nothing was to be journalled.</param>
    /// <param name="expected">MSA-4, in the sequence number protocol.</param>
    public Answer Accept(long? messageId, long? expected = null)
    {
        var code = header.IsEnhancedMode ? AcknowledgementCode.CA : AcknowledgementCode.AA;
        return new Answer(code, null, when is When.Never or When.OnError
            ? default
            : Write(code, AckId(messageId ?? time.GetUtcNow().UtcTicks), null, expected));
    }

    /// <param name="refusal">Why.</param>
    /// <param name="expected">MSA-4, in the sequence number protocol.</param>
    public Answer Refuse(Refusal refusal, long? expected = null)
    {
        var code = (header.IsEnhancedMode, AtFault.Contains(refusal)) switch
        {
            (false, true) => AcknowledgementCode.AE,
            (false, false) => AcknowledgementCode.AR,
            (true, true) => AcknowledgementCode.CE,
            (true, false) => AcknowledgementCode.CR,
        };
        return new Answer(
            code,
            refusal,
            when is When.Never or When.OnSuccess
                ? default
                : Write(code, AckId(time.GetUtcNow().UtcTicks), new AcknowledgementError(ErrorCode(refusal), refusal.Id, refusal.Sentence, Place(refusal)), expected));
    }

    private static string AckId(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static When WhenAsked(ReadOnlySpan<byte> acceptType) => acceptType switch
    {
        _ when acceptType.SequenceEqual("NE"u8) => When.Never,
        _ when acceptType.SequenceEqual("SU"u8) => When.OnSuccess,
        _ when acceptType.SequenceEqual("ER"u8) => When.OnError,
        _ => When.Always,
    };

    private static Hl7ErrorCode ErrorCode(Refusal refusal) => refusal switch
    {
        _ when refusal == ReceptionRules.ControlIdUnusable => Hl7ErrorCode.RequiredFieldMissing,
        _ when refusal == ReceptionRules.SequenceNumberUnusable => Hl7ErrorCode.DataTypeError,
        _ when refusal == ReceptionRules.ControlIdReused => Hl7ErrorCode.DuplicateKeyIdentifier,
        _ when refusal == ReceptionRules.MessageNotAllowed => Hl7ErrorCode.UnsupportedMessageType,
        _ when refusal == ReceptionRules.VersionNotAllowed => Hl7ErrorCode.UnsupportedVersionId,
        _ when refusal == ReceptionRules.ProcessingIdNotAllowed => Hl7ErrorCode.UnsupportedProcessingId,
        _ => Hl7ErrorCode.ApplicationInternalError,
    };

    /// <summary>Where in the header the fault lies; the whole message where it lies in none of its fields.</summary>
    private static Hl7Location Place(Refusal refusal) => refusal switch
    {
        _ when refusal == ReceptionRules.BatchSeparatorDiffers => new("MSH", 1, 1),
        _ when refusal == ReceptionRules.UnknownSender || refusal == ReceptionRules.SenderNotTheClients => new("MSH", 1, 3),
        _ when refusal == ReceptionRules.MessageNotAllowed => new("MSH", 1, 9),
        _ when refusal == ReceptionRules.ControlIdUnusable || refusal == ReceptionRules.ControlIdReused => new("MSH", 1, 10),
        _ when refusal == ReceptionRules.ProcessingIdNotAllowed => new("MSH", 1, 11),
        _ when refusal == ReceptionRules.VersionNotAllowed => new("MSH", 1, 12),
        _ when refusal == ReceptionRules.SequenceNumberUnusable || refusal == ReceptionRules.SequenceStartWithContent
            || refusal == ReceptionRules.SequenceGap || refusal == ReceptionRules.SequenceBehind => new("MSH", 1, 13),
        _ => default,
    };

    private ReadOnlyMemory<byte> Write(AcknowledgementCode code, string ackControlId, AcknowledgementError? error, long? expected)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Acknowledgement.Write(output, frame, header, code, time.GetUtcNow(), ackControlId, error, expected);
        return output.WrittenMemory;
    }
}
