using Isthmus.Exchange;

namespace Isthmus.Mediation.Commit;

internal static class CommitRules
{
    public static readonly Finding Stale = new(
        "result.stale", Severity.Warning, "OBR-22",
        "A newer version of this result is already recorded; this one is kept and does not replace it.");
}
