namespace Isthmus.Mapping.Reverse;

/// <summary>Something of the resources that the message could not express. Names rule and place, never the value.</summary>
/// <param name="Location">A FHIRPath to the element, from the bundle or resource that was given.</param>
public sealed record ReverseFinding(string Rule, string Location, string Message)
{
    public override string ToString() => $"{Rule} at {Location}: {Message}";
}

/// <summary>What writing a message can find.</summary>
public static class ReverseRules
{
    public static readonly (string Rule, string Message) TypeUnknown = ("reverse.message-unknown", "No map of this site is for this message; name another, or add one.");
    public static readonly (string Rule, string Message) TypeUnclear = ("reverse.message-unclear", "Neither a MessageHeader nor the content tells which message this is; name it.");
    public static readonly (string Rule, string Message) ResourceMissing = ("reverse.resource-missing", "This message cannot be written without a resource of this type.");
    public static readonly (string Rule, string Message) ResourceSeveral = ("reverse.resource-several", "This message is about one of this type and there are more; write one message for each.");
    public static readonly (string Rule, string Message) ResourceUnplaced = ("reverse.resource-unplaced", "No segment of this message is for a resource of this type, and none of the others refers to it; it was left out.");
    public static readonly (string Rule, string Message) ResourceReferred = ("reverse.resource-unplaced", "No segment of this message is for a resource of this type, and what refers to it has no place for it; it was left out.");
    public static readonly (string Rule, string Message) ResourceApart = ("reverse.resource-unplaced", "This message has segments for resources of this type, but this one does not refer to what stands there, or is of another kind; it was left out.");
    public static readonly (string Rule, string Message) ResourceEmpty = ("reverse.resource-unplaced", "This message has a segment for this resource, and none of what it says has a field there; it was left out.");
    public static readonly (string Rule, string Message) ElementUnsaid = ("reverse.element-unsaid", "No field of this message says this; it was left out.");
    public static readonly (string Rule, string Message) ReferenceUnsaid = ("reverse.reference-unsaid", "The message does not say that this resource refers to that one.");
    public static readonly (string Rule, string Message) CodeUnmapped = ("reverse.code-unmapped", "The code has no counterpart in HL7 v2; it was left out.");
    public static readonly (string Rule, string Message) ValuesLeft = ("reverse.values-left", "The message has room for fewer values than there are; this one was left out.");
    public static readonly (string Rule, string Message) ValuesMerged = ("reverse.values-merged", "The field has one value and several segments had one each; they go out as repetitions of one segment.");
    public static readonly (string Rule, string Message) Depth = ("reverse.level-missing", "HL7 v2 has no level left for this part of the value; it was left out.");
    public static readonly (string Rule, string Message) Date = ("reverse.date-invalid", "This is not a date or time that HL7 v2 can hold; it was left out.");
    public static readonly (string Rule, string Message) Fraction = ("reverse.fraction-cut", "HL7 v2 holds four digits of a second; the rest was cut.");
    public static readonly (string Rule, string Message) NumberShortened = ("reverse.number-shortened", "The message's number is longer than this version of HL7 v2 allows; a digest of it stands for it.");
    public static readonly (string Rule, string Message) Expression = ("reverse.expression-failed", "An expression of the map could not be evaluated here; what it gives was left out.");
    public static readonly (string Rule, string Message) ReferenceOpen = ("reverse.reference-open", "What is referred to here is not among the resources; it was left out.");
}
