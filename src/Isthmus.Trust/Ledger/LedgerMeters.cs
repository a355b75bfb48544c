using System.Diagnostics.Metrics;

namespace Isthmus.Trust.Ledger;

/// <summary>The ledger's figures under the meter <c>Isthmus.Ledger</c>.</summary>
internal static class LedgerMeters
{
    private static readonly Meter Meter = new("Isthmus.Ledger");
    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "isthmus.ledger.events", "{event}", "Events given their place in a chain.");

    private static long oldestPending;

    static LedgerMeters() => Meter.CreateObservableGauge(
        "isthmus.ledger.unsequenced.age", () => OldestPending.TotalSeconds, "s", "Age of the oldest event without a place in a chain.");

    public static TimeSpan OldestPending
    {
        get => new(Interlocked.Read(ref oldestPending));
        set => Interlocked.Exchange(ref oldestPending, value.Ticks);
    }

    public static void Chained(int events) => Events.Add(events);
}
