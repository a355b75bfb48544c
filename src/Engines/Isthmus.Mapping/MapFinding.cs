using Isthmus.Hl7v2;

namespace Isthmus.Mapping;

/// <summary>Something in a message that could not be carried over as it stands. Names rule and place, never the value.</summary>
public readonly record struct MapFinding(string Rule, Hl7Location Location, string Message)
{
    public override string ToString() => $"{Rule} at {Location}: {Message}";
}

/// <summary>Rule ids and sentences of what a translation can find.</summary>
public static class FindingRules
{
    public static readonly (string Rule, string Message) DateInvalid = ("hl7.field.date-invalid", "This is not a date or time that exists; the element was left out and the rest kept.");
    public static readonly (string Rule, string Message) TimeInvalid = ("hl7.field.time-invalid", "This is not a time of day; the element was left out and the rest kept.");
    public static readonly (string Rule, string Message) HourAmbiguous = ("hl7.field.hour-ambiguous", "This hour occurs twice at the change from daylight saving time and no offset is given; the first was taken.");
    public static readonly (string Rule, string Message) HourSkipped = ("hl7.field.hour-skipped", "This hour is skipped at the change to daylight saving time and no offset is given; the offset before the change was taken.");
    public static readonly (string Rule, string Message) NumberInvalid = ("hl7.field.number-invalid", "This is not a number; it was kept as text where the map provides for that.");
    public static readonly (string Rule, string Message) BooleanInvalid = ("hl7.field.boolean-invalid", "Y or N was expected; the element was left out.");
    public static readonly (string Rule, string Message) Base64Invalid = ("hl7.field.base64-invalid", "The data is not in the encoding it claims; it was left out.");
    public static readonly (string Rule, string Message) CodeUnmapped = ("terminology.code-unmapped", "The code is in no table of this site; the original was kept where the element allows.");
    public static readonly (string Rule, string Message) UnitUnmapped = ("terminology.unit-unmapped", "The unit is not UCUM and in no unit table of this site; it was kept as text.");
    public static readonly (string Rule, string Message) SystemUnknown = ("terminology.system-unknown", "The coding system's name is in no table of this site; a local name stands for it.");
    public static readonly (string Rule, string Message) NoMap = ("mapping.message-unmapped", "No map of this site is for this message type.");
    public static readonly (string Rule, string Message) SegmentUnplaced = ("mapping.segment-unplaced", "The segment has no place in this message's structure and was not translated.");
}
