using Isthmus.Exchange;

namespace Isthmus.Mediation.Validate;

/// <summary>Business and structure rules of a message.</summary>
internal static class ValidationRules
{
    public static readonly Finding SeveralPatients = new(
        "message.several-patients", Severity.Error, "PID[2]",
        "The message speaks of more than one patient, which could give one patient what is another's. Have the sender send a message per patient.");

    public static readonly Finding SeveralMerged = new(
        "message.several-merged", Severity.Error, "MRG[2]",
        "The message merges more than one patient into another; each merge is decided on its own, so send one message for each.");

    public static readonly Finding HeaderZone = new(
        "message.offset-differs", Severity.Warning, "MSH-7",
        "The offset of the message's time is not that of the zone in the contract. Times without an offset were read by the message's; if that is wrong, have the sender set MSH-7 right, else the contract's source.zone.");

    public static Finding SegmentMissing(string segment) => new(
        "message.segment-missing", Severity.Error, segment,
        "A message of this type needs this segment; it may have been cut short. Ask the sender to repeat it.");

    public static Finding ResultWithoutCode(string location) => new(
        "result.code-missing", Severity.Error, $"{location}-3",
        "The result says not what was measured; it is kept as text.");

    public static Finding NotANumber(string location) => new(
        "result.number-invalid", Severity.Warning, location,
        "The value is declared a number and is not one; it is kept as the text it is.");
}
