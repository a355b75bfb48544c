using Isthmus.Exchange;

namespace Isthmus.Mediation.Commit;

internal static class CommitRules
{
    public static readonly Finding Stale = new(
        "result.stale", Severity.Warning, "OBR-22",
        "A newer version of this result is already recorded; this one is kept and does not replace it.");

    public static readonly Finding StaleDemographics = new(
        "demographics.stale", Severity.Warning, "MSH-7",
        "Something newer is recorded of this patient; what this message says of them is kept and does not replace it.");

    public static readonly Finding EarlierPending = new(
        "order.earlier-message-pending", Severity.Warning, "PID-3",
        "An earlier message of this patient has stopped and is not settled; this one passed it, as its contract says.");

    public static readonly Finding HeldBehindEarlier = new(
        "order.held-behind-earlier", Severity.Warning, "PID-3",
        "An earlier message of this patient has stopped; this one waits until that is settled or the contract's longest hold is over, then goes on by itself.");
}
