using System.Diagnostics.Metrics;
using Isthmus.Inbound.Journal;

namespace Isthmus.Inbound;

/// <summary>What this zone counts. Labels are rule ids and verdicts, never content.</summary>
internal sealed class InboundMeter : IDisposable
{
    public const string Name = "Isthmus.Inbound";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> journalled;
    private readonly Counter<long> refused;
    private readonly Counter<long> closed;

    public InboundMeter()
    {
        journalled = meter.CreateCounter<long>("isthmus.inbound.journalled", "{message}", "Messages acknowledged after journalling, by verdict.");
        refused = meter.CreateCounter<long>("isthmus.inbound.refused", "{message}", "Frames refused at the edge, by rule.");
        closed = meter.CreateCounter<long>("isthmus.inbound.connections_closed", "{connection}", "Connections closed by us, by rule.");
    }

    public void Journalled(JournalVerdict verdict) => journalled.Add(1, new KeyValuePair<string, object?>("verdict", verdict.ToString()));

    public void Refused(string rule) => refused.Add(1, new KeyValuePair<string, object?>("rule", rule));

    public void Closed(string rule) => closed.Add(1, new KeyValuePair<string, object?>("rule", rule));

    public void Dispose() => meter.Dispose();
}
