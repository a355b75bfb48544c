using System.Diagnostics.Metrics;

namespace Isthmus.Trust.Access.Conduct;

/// <summary>
/// Conduct at the door as metrics. A label is the id of a client that a person registered, one of few causes, and never what a stranger
/// sent; beyond a thousand clients, the others are one.
/// </summary>
internal sealed class ConductMeter : IDisposable
{
    public const string Name = "Isthmus.Conduct";

    private const int MostClients = 1000;
    private const string Nobody = "";

    private readonly Meter meter = new(Name);
    private readonly HashSet<string> clients = new(StringComparer.Ordinal);
    private readonly Counter<long> counted;
    private readonly Counter<long> alerts;

    public ConductMeter()
    {
        counted = meter.CreateCounter<long>("isthmus.door.conduct", "{request}", "What clients did at the door, by client and cause; no client where none is known.");
        alerts = meter.CreateCounter<long>("isthmus.door.alerts", "{alert}", "Alerts on unusual conduct, by cause.");
    }

    /// <summary>Called by one at a time.</summary>
    public void Counted(Subject subject, ConductCause cause) =>
        counted.Add(1, new KeyValuePair<string, object?>("client", LabelOf(subject)), new KeyValuePair<string, object?>("cause", cause.Word()));

    public void Alerted(string cause) => alerts.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public void Dispose() => meter.Dispose();

    private string LabelOf(Subject subject) =>
        !subject.IsClient ? Nobody
        : clients.Contains(subject.Name) || (clients.Count < MostClients && clients.Add(subject.Name)) ? subject.Name
        : Subject.Others;
}
