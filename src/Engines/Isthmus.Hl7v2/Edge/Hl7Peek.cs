namespace Isthmus.Hl7v2;

/// <summary>
/// Reads the header of a frame without indexing the message. Looks at no more than the first
/// <see cref="ScannedBytes"/>, so its cost is bounded whatever the frame holds.
/// </summary>
public static class Hl7Peek
{
    /// <summary>64 KiB: MSH and PID lead every message; a PID further in is found by the full reader later.</summary>
    public const int ScannedBytes = 64 * 1024;

    /// <summary>
    /// True when MSH could be read. Otherwise <see cref="Hl7Header.Fault"/> names the rule, and the header can still
    /// be acknowledged.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out Hl7Header header)
    {
        if (Utf16Frame.IsOne(frame, out _))
        {
            header = new() { Fault = Hl7Rules.Utf16 };
            return false;
        }

        var isCut = frame.Length > ScannedBytes;
        frame = isCut ? frame[..ScannedBytes] : frame;
        var msh = MshStart.Find(frame);
        if (!msh.IsFound || !msh.CanSeparate)
        {
            header = new() { Fault = msh.IsFound ? Hl7Rules.DelimitersInvalid : Hl7Rules.MshMissing };
            return false;
        }

        var line = Line(frame, msh.Offset);
        if (isCut)
        {
            // Half a control id would be acknowledged wrongly and half a patient id ordered wrongly: whole lines only.
            frame = frame[..(frame.LastIndexOfAny((byte)'\r', (byte)'\n') + 1)];
            if (line.End >= frame.Length)
            {
                header = new() { Fault = Hl7Rules.MshTooLong };
                return false;
            }
        }

        Span<Hl7Slice> fields = stackalloc Hl7Slice[LastMshField + 1];
        fields.Clear();
        Split(frame, new(msh.AfterEncodingCharacters, line.End - msh.AfterEncodingCharacters), msh.Delimiters.Field, fields[2..]);

        var part = new Parts(frame, msh.Delimiters);
        var patient = PatientIdentifier(frame, line.End, msh.Delimiters);
        header = new()
        {
            Delimiters = msh.Delimiters,
            Msh = line,
            SendingApplication = fields[3],
            SendingFacility = fields[4],
            ReceivingApplication = fields[5],
            ReceivingFacility = fields[6],
            MessageTime = part.Component(fields[7], 1),
            MessageCode = part.Component(fields[9], 1),
            TriggerEvent = part.Component(fields[9], 2),
            MessageStructure = part.Component(fields[9], 3),
            ControlId = fields[10],
            ProcessingId = part.Component(fields[11], 1),
            VersionId = part.Component(fields[12], 1),
            SequenceNumber = fields[13],
            AcceptAcknowledgementType = fields[15],
            ApplicationAcknowledgementType = fields[16],
            CharacterSet = part.Repetition(fields[18]),
            PatientId = part.Component(patient, 1),
            PatientIdAssigner = part.Component(patient, 4),
        };
        return true;
    }

    private const int LastMshField = 18;
    private const int PatientIdentifierField = 3;

    private static Hl7Slice PatientIdentifier(ReadOnlySpan<byte> frame, int from, Hl7Delimiters delimiters)
    {
        Span<Hl7Slice> fields = stackalloc Hl7Slice[PatientIdentifierField + 1];
        for (var at = from; at < frame.Length;)
        {
            var line = Line(frame, at);
            var text = line.Of(frame);
            if (text.StartsWith("PID"u8) && text.Length > 3 && text[3] == delimiters.Field)
            {
                fields.Clear();
                Split(frame, line, delimiters.Field, fields);
                return fields[PatientIdentifierField];
            }

            at = line.End + 1;
        }

        return default;
    }

    private static Hl7Slice Line(ReadOnlySpan<byte> frame, int start)
    {
        var length = frame[start..].IndexOfAny((byte)'\r', (byte)'\n');
        return new(start, length < 0 ? frame.Length - start : length);
    }

    /// <summary>Fills as many slots as there are fields; what stands before the first separator is slot zero.</summary>
    private static void Split(ReadOnlySpan<byte> frame, Hl7Slice line, byte separator, Span<Hl7Slice> fields)
    {
        var start = line.Offset;
        for (var i = 0; i < fields.Length && start <= line.End; i++)
        {
            var length = frame[start..line.End].IndexOf(separator);
            fields[i] = new(start, length < 0 ? line.End - start : length);
            start = fields[i].End + 1;
        }
    }

    /// <summary>First repetition, numbered component, first sub-component.</summary>
    private readonly ref struct Parts(ReadOnlySpan<byte> frame, Hl7Delimiters delimiters)
    {
        private readonly ReadOnlySpan<byte> frame = frame;

        public Hl7Slice Repetition(Hl7Slice field) => Until(field, delimiters.Repetition);

        public Hl7Slice Component(Hl7Slice field, int number)
        {
            var rest = Repetition(field);
            for (var i = 1; i < number; i++)
            {
                var end = delimiters.Component == 0 ? -1 : rest.Of(frame).IndexOf(delimiters.Component);
                if (end < 0)
                {
                    return default;
                }

                rest = new(rest.Offset + end + 1, rest.Length - end - 1);
            }

            return Until(Until(rest, delimiters.Component), delimiters.Subcomponent);
        }

        private Hl7Slice Until(Hl7Slice slice, byte delimiter)
        {
            var end = delimiter == 0 ? -1 : slice.Of(frame).IndexOf(delimiter);
            return end < 0 ? slice : slice with { Length = end };
        }
    }
}
