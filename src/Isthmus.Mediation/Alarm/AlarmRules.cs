using Isthmus.Exchange;

namespace Isthmus.Mediation.Alarm;

internal static class AlarmRules
{
    public const string CriticalRule = "critical.result";

    /// <summary>What the last task of such a message is called.</summary>
    public const string MoreSubject = "many critical results in one message";

    public static readonly Finding More = new(
        "critical.too-many", Severity.Warning, "OBX",
        "The message has more critical results than can be raised one by one; the last task stands for the rest.");

    public static Finding Critical(string location) => new(
        CriticalRule, Severity.Information, location, "The result is critical by its flag or its limit; a task was raised.");
}
