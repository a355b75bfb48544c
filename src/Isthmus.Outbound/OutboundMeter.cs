using System.Diagnostics.Metrics;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound;

/// <summary>What this zone counts. Labels are destinations and rule ids, never content.</summary>
internal sealed class OutboundMeter : IDisposable
{
    public const string Name = "Isthmus.Outbound";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> attempts;
    private readonly Histogram<double> duration;
    private readonly Counter<long> settled;
    private readonly Counter<long> tokens;
    private readonly Counter<long> breakers;

    public OutboundMeter()
    {
        attempts = meter.CreateCounter<long>("isthmus.outbound.attempts", "{attempt}", "Attempts, by destination and rule (ok, or the failure's).");
        duration = meter.CreateHistogram<double>("isthmus.outbound.attempt_duration", "s", "Time from sending to the partner's answer, by destination.");
        settled = meter.CreateCounter<long>("isthmus.outbound.settled", "{delivery}", "Deliveries that came to an end, by destination and state.");
        tokens = meter.CreateCounter<long>("isthmus.outbound.tokens", "{request}", "Token requests, by destination and rule.");
        breakers = meter.CreateCounter<long>("isthmus.outbound.breaker_changes", "{change}", "Changes of a destination's circuit breaker, by state entered.");
    }

    public void Attempted(string destination, in DeliveryResult result, TimeSpan took)
    {
        attempts.Add(1, Destination(destination), Rule(result.Failure));
        duration.Record(took.TotalSeconds, Destination(destination));
    }

    public void Settled(string destination, string state) => settled.Add(1, Destination(destination), new("state", state));

    public void TokenAsked(string destination, in DeliveryResult result) => tokens.Add(1, Destination(destination), Rule(result.Failure));

    public void BreakerEntered(string destination, BreakerState state) => breakers.Add(1, Destination(destination), new("state", state.ToString()));

    public void Dispose() => meter.Dispose();

    private static KeyValuePair<string, object?> Destination(string name) => new("destination", name);

    private static KeyValuePair<string, object?> Rule(FailureClass? failure) => new("rule", failure?.Rule() ?? "ok");
}
