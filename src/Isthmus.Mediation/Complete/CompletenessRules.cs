using Isthmus.Exchange;

namespace Isthmus.Mediation.Complete;

internal static class CompletenessRules
{
    public static Finding Gap(string location) => new(
        "completeness.gap", Severity.Warning, location,
        "The contract calls this critical and it is missing or unusable; the message goes on, its record carries the mark soft-complete, and a task asks for it.");

    public static Finding Filled(string location) => new(
        "completeness.filled", Severity.Information, location,
        "This was missing from an earlier message about the patient and has come.");
}
