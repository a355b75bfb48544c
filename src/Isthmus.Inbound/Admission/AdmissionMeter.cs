using System.Diagnostics.Metrics;

namespace Isthmus.Inbound.Admission;

/// <summary>What the door counts. Labels are names of routes, steps and rules, and never what a client chose.</summary>
internal sealed class AdmissionMeter : IDisposable
{
    public const string Name = "Isthmus.Door";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> admitted;
    private readonly Counter<long> refused;

    public AdmissionMeter()
    {
        admitted = meter.CreateCounter<long>("isthmus.door.admitted", "{request}", "Requests let in, by route.");
        refused = meter.CreateCounter<long>("isthmus.door.refused", "{request}", "Requests refused, by step and rule.");
        Uncounted = meter.CreateCounter<long>("isthmus.door.uncounted", "{request}", "Requests that came while quotas could not be counted, by route.");
    }

    public Counter<long> Uncounted { get; }

    public void Admitted(string route) => admitted.Add(1, new KeyValuePair<string, object?>("route", route));

    public void Refused(string step, string rule) =>
        refused.Add(1, new KeyValuePair<string, object?>("step", step), new KeyValuePair<string, object?>("rule", rule));

    public void Dispose() => meter.Dispose();
}
