using System.Buffers;
using System.Globalization;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>MSA-1 (HL7 table 0008). The A codes answer in original mode, the C codes in enhanced mode.</summary>
public enum AcknowledgementCode
{
    /// <summary>Application accept.</summary>
    AA,

    /// <summary>Application error: the message is at fault, sending it again unchanged is useless.</summary>
    AE,

    /// <summary>Application reject: refused for a reason that may lie outside the message.</summary>
    AR,

    /// <summary>Commit accept: the message is in safe storage.</summary>
    CA,

    /// <summary>Commit error.</summary>
    CE,

    /// <summary>Commit reject.</summary>
    CR,
}

/// <summary>ERR-3 (HL7 table 0357).</summary>
public enum Hl7ErrorCode
{
    SegmentSequenceError = 100,
    RequiredFieldMissing = 101,
    DataTypeError = 102,
    TableValueNotFound = 103,
    ValueTooLong = 104,
    UnsupportedMessageType = 200,
    UnsupportedEventCode = 201,
    UnsupportedProcessingId = 202,
    UnsupportedVersionId = 203,
    UnknownKeyIdentifier = 204,
    DuplicateKeyIdentifier = 205,
    ApplicationRecordLocked = 206,
    ApplicationInternalError = 207,
}

/// <summary>Why a message was not accepted, for the ERR segment. Texts are constants and hold no value of the message.</summary>
/// <param name="RuleId">ERR-5, our own stable id.</param>
/// <param name="Text">ERR-8, one sentence for a person.</param>
/// <param name="Location">ERR-2, where the fault lies; the whole message if left out.</param>
public readonly record struct AcknowledgementError(
    Hl7ErrorCode Code, string RuleId, string Text, Hl7Location Location = default);

/// <summary>
/// Writes ACK messages (HL7 v2.5.1 §2.9, §2.15) in the delimiters, version and character set of the message that
/// is answered; a frame whose header could not be read is answered in the standard delimiters with an empty MSA-2.
/// </summary>
public static class Acknowledgement
{
    private const string TimeForm = "yyyyMMddHHmmss.fffzzz";
    private const string DefaultVersion = "2.5.1";

    /// <param name="frame">The frame that <paramref name="header"/> was read from.</param>
    /// <param name="time">MSH-7.</param>
    /// <param name="ackControlId">MSH-10: our own control id, ASCII, at most 20 characters before v2.7.</param>
    /// <param name="error">Written as ERR, and before v2.5 also as MSA-3.</param>
    /// <param name="expectedSequence">MSA-4, in the sequence number protocol.</param>
    public static void Write(
        IBufferWriter<byte> output,
        ReadOnlySpan<byte> frame,
        in Hl7Header header,
        AcknowledgementCode code,
        DateTimeOffset time,
        string ackControlId,
        AcknowledgementError? error = null,
        long? expectedSequence = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(ackControlId);
        var delimiters = header.Fault is null ? header.Delimiters : Hl7Delimiters.Default;
        var line = new SegmentWriter(output, delimiters);
        WriteMsh(line, frame, header, time, ackControlId);
        WriteMsa(line, frame, header, code, error, expectedSequence);
        if (error is { } fault)
        {
            WriteErr(line, fault);
        }
    }

    private static void WriteMsh(
        SegmentWriter line, ReadOnlySpan<byte> frame, in Hl7Header header, DateTimeOffset time, string ackControlId)
    {
        Span<char> stamp = stackalloc char[TimeForm.Length + 8];
        time.TryFormat(stamp, out var written, TimeForm, CultureInfo.InvariantCulture);

        line.Text("MSH");
        line.EncodingCharacters();
        line.Field().Quoted(header.ReceivingApplication.Of(frame));
        line.Field().Quoted(header.ReceivingFacility.Of(frame));
        line.Field().Quoted(header.SendingApplication.Of(frame));
        line.Field().Quoted(header.SendingFacility.Of(frame));
        line.Field().Stamp(stamp[..written]);
        line.Field();
        line.Field().Text("ACK");
        if (!header.TriggerEvent.IsEmpty)
        {
            line.Component().Quoted(header.TriggerEvent.Of(frame));
            line.Component().Text("ACK");
        }

        line.Field().Text(ackControlId);
        line.Field().QuotedOr(header.ProcessingId.Of(frame), "P");
        line.Field().QuotedOr(header.VersionId.Of(frame), DefaultVersion);
        if (!header.CharacterSet.IsEmpty)
        {
            for (var field = 13; field <= 18; field++)
            {
                line.Field();
            }

            line.Quoted(header.CharacterSet.Of(frame));
        }

        line.End();
    }

    private static void WriteMsa(
        SegmentWriter line, ReadOnlySpan<byte> frame, in Hl7Header header, AcknowledgementCode code, AcknowledgementError? error,
        long? expectedSequence)
    {
        line.Text("MSA");
        line.Field().Text(Name(code));
        line.Field().Quoted(header.ControlId.Of(frame));
        var text = error is { } fault && IsBeforeErrorText(header.VersionId.Of(frame)) ? fault.Text : null;
        if (text is not null || expectedSequence is not null)
        {
            line.Field().Escaped(text ?? string.Empty);
        }

        if (expectedSequence is { } expected)
        {
            line.Field().Text(expected.ToString(CultureInfo.InvariantCulture));
        }

        line.End();
    }

    private static void WriteErr(SegmentWriter line, AcknowledgementError error)
    {
        line.Text("ERR");
        line.Field();
        line.Field();
        WriteLocation(line, error.Location);
        line.Field().Number((int)error.Code);
        line.Component();
        line.Component().Text("HL70357");
        line.Field().Text("E");
        line.Field().Escaped(error.RuleId);
        line.Field();
        line.Field();
        line.Field().Escaped(error.Text);
        line.End();
    }

    /// <summary>ERL (HL7 v2.5.1 §2.A.28): segment, its occurrence, field, repetition, component, sub-component.</summary>
    private static void WriteLocation(SegmentWriter line, Hl7Location place)
    {
        if (place.Segment is null)
        {
            return;
        }

        line.Text(place.Segment);
        line.Component().Number(Math.Max(place.Occurrence, 1));
        ReadOnlySpan<int> depth = [place.Field, Math.Max(place.Repetition, 1), place.Component, place.Subcomponent];
        for (var i = 0; i < depth.Length && depth[i] > 0; i++)
        {
            line.Component().Number(depth[i]);
        }
    }

    /// <summary>ERR-8 came with v2.5; before, MSA-3 is the only place that a person looks at.</summary>
    private static bool IsBeforeErrorText(ReadOnlySpan<byte> version) =>
        version is [(byte)'2', (byte)'.', >= (byte)'1' and < (byte)'5', ..];

    private static string Name(AcknowledgementCode code) => code switch
    {
        AcknowledgementCode.AA => nameof(AcknowledgementCode.AA),
        AcknowledgementCode.AE => nameof(AcknowledgementCode.AE),
        AcknowledgementCode.AR => nameof(AcknowledgementCode.AR),
        AcknowledgementCode.CA => nameof(AcknowledgementCode.CA),
        AcknowledgementCode.CE => nameof(AcknowledgementCode.CE),
        AcknowledgementCode.CR => nameof(AcknowledgementCode.CR),
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };
}
