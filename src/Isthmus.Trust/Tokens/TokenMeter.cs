using System.Diagnostics.Metrics;

namespace Isthmus.Trust.Tokens;

/// <summary>What the authorization server counts. Labels are client ids that exist and rule ids, never what a stranger sent.</summary>
internal sealed class TokenMeter : IDisposable
{
    public const string Name = "Isthmus.Tokens";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> issued;
    private readonly Counter<long> refused;

    public TokenMeter()
    {
        issued = meter.CreateCounter<long>("isthmus.tokens.issued", "{token}", "Access tokens issued.");
        refused = meter.CreateCounter<long>("isthmus.tokens.refused", "{request}", "Requests for tokens refused, by rule.");
    }

    public void Issued() => issued.Add(1);

    public void Refused(string rule) => refused.Add(1, new KeyValuePair<string, object?>("rule", rule));

    public void Dispose() => meter.Dispose();
}
