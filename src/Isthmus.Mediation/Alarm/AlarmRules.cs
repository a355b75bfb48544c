using Isthmus.Exchange;

namespace Isthmus.Mediation.Alarm;

internal static class AlarmRules
{
    public const string CriticalRule = "critical.result";

    public static Finding Critical(string location) => new(
        CriticalRule, Severity.Information, location, "The result is critical by its flag or its limit; a task was raised.");
}
