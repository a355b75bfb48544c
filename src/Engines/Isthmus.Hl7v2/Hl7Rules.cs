namespace Isthmus.Hl7v2;

/// <summary>The rules a reader can find broken: stable ids with their one sentence.</summary>
public static class Hl7Rules
{
    public const string MshMissing = "hl7.msh.missing";
    public const string MshTooLong = "hl7.msh.too-long";
    public const string MshPreceded = "hl7.msh.preceded";
    public const string MshRepeated = "hl7.msh.repeated";
    public const string DelimitersInvalid = "hl7.msh.delimiters-invalid";
    public const string EncodingCharacters = "hl7.msh.encoding-characters";
    public const string CharsetUnsupported = "hl7.msh.charset-unsupported";
    public const string ByteOrderMark = "hl7.frame.byte-order-mark";
    public const string Utf16 = "hl7.frame.utf-16";
    public const string StartBlockInside = "hl7.frame.start-block-inside";
    public const string SegmentNameInvalid = "hl7.segment.name-invalid";
    public const string ControlCharacter = "hl7.encoding.control-character";
    public const string InvalidUtf8 = "hl7.encoding.invalid-utf8";
    public const string InvalidUtf16 = "hl7.encoding.invalid-utf16";
    public const string NoCharacter = "hl7.encoding.no-character";
    public const string NotUtf16 = "hl7.msh.not-utf16";
    public const string DelimitersChanged = "hl7.msh.delimiters-changed";
    public const string NotAscii = "hl7.encoding.not-ascii";
    public const string EscapeUnterminated = "hl7.escape.unterminated";
    public const string EscapeUnknown = "hl7.escape.unknown";
    public const string EscapeSegment = "hl7.escape.segment";
    public const string MessageTooLong = "hl7.limit.message-bytes";
    public const string TooManySegments = "hl7.limit.segments";
    public const string TooManyFields = "hl7.limit.fields";
    public const string TooManyFindings = "hl7.limit.findings";
    public const string WriteControlCharacter = "hl7.write.control-character";
    public const string WriteInvalidUtf8 = "hl7.write.invalid-utf8";
    public const string WriteCharset = "hl7.write.charset";
    public const string WriteDelimiterMissing = "hl7.write.delimiter-missing";
    public const string StructureUnknown = "hl7.structure.unknown";
    public const string SegmentUnexpected = "hl7.structure.segment-unexpected";
    public const string SegmentMissing = "hl7.structure.segment-missing";
    public const string FieldMissing = "hl7.field.missing";
    public const string FieldRepetitions = "hl7.field.repetitions";
    public const string FieldTooLong = "hl7.field.too-long";
    public const string FieldUnexpected = "hl7.field.unexpected";
    public const string ComponentUnexpected = "hl7.component.unexpected";
    public const string BatchCount = "hl7.batch.count";
    public const string BatchUnclosed = "hl7.batch.unclosed";
    public const string BatchUnopened = "hl7.batch.unopened";
    public const string ContinuationPointer = "hl7.continuation.pointer";
    public const string ContinuationForeign = "hl7.continuation.foreign";
    public const string ContinuationIncomplete = "hl7.continuation.incomplete";

    /// <summary>The sentence of a rule. Unknown ids answer themselves, so that a newer id still shows.</summary>
    public static string Text(string ruleId) => ruleId switch
    {
        MshMissing => "The frame has no MSH segment; nothing says how to read it.",
        MshTooLong => "The MSH segment does not end within the first 64 KiB; it cannot be acknowledged by its control id.",
        MshPreceded => "There is text before the MSH segment; a frame must begin with MSH.",
        MshRepeated => "A second MSH segment stands in the same frame; the message ends before it. Send one message per frame.",
        DelimitersInvalid => "The field separator after MSH is not a printable punctuation character.",
        EncodingCharacters => "MSH-2 must hold four or five different punctuation characters.",
        CharsetUnsupported => "MSH-18 names a character set that is not supported; use UTF-8.",
        ByteOrderMark => "The frame begins with a byte order mark; it was skipped.",
        Utf16 => "The frame is UTF-16, whose bytes may hold framing characters; it cannot be acknowledged. Send UTF-8.",
        StartBlockInside => "A start block and another MSH stand inside the frame: it was cut off and another message follows; the message ends before it.",
        SegmentNameInvalid => "A segment does not begin with a segment name; a line break inside a field is the usual cause.",
        ControlCharacter => "A control character stands in the text; escape it as \\Xhh\\.",
        InvalidUtf8 => "A byte sequence is not valid UTF-8; declare the character set in MSH-18.",
        InvalidUtf16 => "The frame is UTF-16 with a half character or half a byte pair.",
        NoCharacter => "A byte sequence has no character in the sets that MSH-18 declares.",
        NotUtf16 => "MSH-18 declares UTF-16 but the bytes are not; they were read as UTF-8.",
        DelimitersChanged => "A second MSH segment with other delimiters stands in the same frame; the message ends before it. Send one message per frame.",
        NotAscii => "MSH-18 declares ASCII but the message holds other characters; they were read as UTF-8.",
        EscapeUnterminated => "An escape character has no partner; it was kept as text. Write it as \\E\\.",
        EscapeUnknown => "Two escape characters enclose no sequence of the standard; all was kept as text. Write an escape character as \\E\\.",
        EscapeSegment => "An escaped line end is followed by what looks like a segment; it is text and made no segment.",
        MessageTooLong => "The message is longer than the limit for one message.",
        TooManySegments => "The message has more segments than the limit.",
        TooManyFields => "A segment has more fields than the limit.",
        TooManyFindings => "There were more findings than are listed.",
        WriteControlCharacter => "The text holds a control character other than tab and line breaks; it was not written.",
        WriteInvalidUtf8 => "The text is not valid UTF-8; it was not written.",
        WriteCharset => "The text or its segment cannot be written in the character set of the message; nothing was changed.",
        WriteDelimiterMissing => "The text or its place needs a delimiter that MSH-2 does not declare; it was not written.",
        StructureUnknown => "MSH-9 names no message structure that is known; the order of segments was not checked.",
        SegmentUnexpected => "The message structure has no place for this segment here.",
        SegmentMissing => "The message structure requires this segment.",
        FieldMissing => "The field is required and empty.",
        FieldRepetitions => "The field stands more often than the standard allows in this version.",
        FieldTooLong => "The field is longer than the profile allows.",
        FieldUnexpected => "No version of the standard has this field.",
        ComponentUnexpected => "No version of the standard has this component in the datatype of the field.",
        BatchCount => "The trailer counts other than what was found; ask the sender whether anything is missing.",
        BatchUnclosed => "The header has no trailer; the file may have been cut off.",
        BatchUnopened => "The trailer has no header before it.",
        ContinuationPointer => "The parts are no chain: each MSH-14 repeats the DSC-1 of the part before, the first has none.",
        ContinuationForeign => "The part is of another sender, receiver, type, version, character set or other delimiters than the first.",
        ContinuationIncomplete => "The last part announces another that has not come.",
        _ => ruleId,
    };

    internal static Hl7Severity Severity(string ruleId) => ruleId switch
    {
        MshMissing or DelimitersInvalid or Utf16 or MessageTooLong or TooManySegments or TooManyFields
            or ContinuationPointer or ContinuationForeign => Hl7Severity.Fatal,
        ByteOrderMark or NotAscii or NotUtf16 or EscapeUnterminated or EscapeUnknown or EscapeSegment or TooManyFindings
            or StructureUnknown or SegmentUnexpected or FieldRepetitions or FieldTooLong or FieldUnexpected or ComponentUnexpected => Hl7Severity.Warning,
        _ => Hl7Severity.Error,
    };
}
