using Isthmus.Hl7v2;

namespace Isthmus.Mapping;

/// <summary>Something in a message that could not be carried over as it stands. Names rule and place, never the value.</summary>
/// <param name="Table">
/// For a code that a table lacks, which one: its kind and name, as <c>codes/local-codes</c>, <c>vocabulary/AdministrativeSex</c> or <c>units/units</c>.
/// </param>
/// <param name="Unit">For a code that a table of codes lacks, where the unit stands that came with it.</param>
public readonly record struct MapFinding(string Rule, Hl7Location Location, string Message, string? Table = null, Hl7Location? Unit = null)
{
    public override string ToString() => $"{Rule} at {Location}: {Message}";
}

/// <summary>What a translation can find, besides the value rules of HL7 v2 (dates, hours at a change of the clock, numbers).</summary>
public static class FindingRules
{
    public static readonly (string Rule, string Message) TimeInvalid = ("hl7.field.time-invalid", "This is not a time of day; the element was left out and the rest kept.");
    public static readonly (string Rule, string Message) TimeZoneLeft = ("hl7.field.time-zone", "FHIR's time of day has no zone; the zone was left out and the time kept.");
    public static readonly (string Rule, string Message) WholeNumber = ("hl7.field.whole-number-invalid", "The element holds a whole number, and this is none that it can hold; it was left out.");
    public static readonly (string Rule, string Message) BooleanInvalid = ("hl7.field.boolean-invalid", "Y or N was expected; the element was left out.");
    public static readonly (string Rule, string Message) Base64Invalid = ("hl7.field.base64-invalid", "The data is not in the encoding it claims; it was left out.");
    public static readonly (string Rule, string Message) UniversalIdInvalid = ("hl7.field.universal-id-invalid", "The universal id does not have the form that its type demands; a local name stands for it.");
    public static readonly (string Rule, string Message) TypeMissing = ("hl7.field.type-missing", "The value's type is not stated (OBX-2); it was kept as text.");
    public static readonly (string Rule, string Message) IdInvalid = ("hl7.field.id-invalid", "This is no id that FHIR allows; it was not written as one.");
    public static readonly (string Rule, string Message) ReferenceMissing = ("mapping.reference-missing", "The message names nothing that this resource must refer to; that it is unknown was stated instead.");
    public static readonly (string Rule, string Message) CodeUnmapped = ("terminology.code-unmapped", "No table of this site says what this code means here; it was kept as it was sent.");
    public static readonly (string Rule, string Message) CodeLeft = (CodeUnmapped.Rule, "No table of this site says what this code means here; no code was made of it.");
    public static readonly (string Rule, string Message) UnitUnmapped = ("terminology.unit-unmapped", "The unit is not UCUM and in no unit table of this site; its text was kept, and its code where its system was named.");
    public static readonly (string Rule, string Message) SystemUnknown = ("terminology.system-unknown", "The coding system's name is in no table of this site; a local name stands for it.");
    public static readonly (string Rule, string Message) DurationUnit = ("hl7.field.duration-invalid", "This is no length of time in a unit that is known, or one that the element cannot hold; it was not converted.");
    public static readonly (string Rule, string Message) DelimiterInText = ("hl7.field.delimiter-in-text", "A delimiter that is not escaped stands in a text that has no parts; it was kept as text.");
    public static readonly (string Rule, string Message) PeriodReversed = ("hl7.field.period-reversed", "This period ends before it starts; the end was kept as text beside it.");
    public static readonly (string Rule, string Message) RangeReversed = ("hl7.field.range-reversed", "This range ends below where it begins; it was kept as text.");
    public static readonly (string Rule, string Message) TypeUnstated = ("hl7.message.type-missing", "The message does not say what happened (MSH-9); the header says that it is unknown.");
    public static readonly (string Rule, string Message) NoMap = ("mapping.message-unmapped", "No map of this site is for this message type.");
}
