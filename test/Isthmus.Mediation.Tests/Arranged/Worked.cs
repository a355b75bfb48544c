using System.Text.Json;

namespace Isthmus.Mediation.Tests.Arranged;

/// <summary>What became of a message.</summary>
/// <param name="Outcome">c committed, w waiting for a human, q quarantined, r refused.</param>
internal sealed record Worked(long Id, char Outcome, Guid? Person, string SiteVersion, JsonElement Steps, JsonElement FindingsJson)
{
    public IReadOnlyList<(string Rule, string Severity, string Location)> Findings =>
        [.. FindingsJson.EnumerateArray().Select(f => (f[0].GetString()!, f[1].GetString()!, f[2].GetString()!))];

    public IEnumerable<string> Rules => Findings.Select(f => f.Rule);

    public string LastStep => Steps[Steps.GetArrayLength() - 1][0].GetString()!;
}

internal sealed record SignalRow(long Message, string Kind, string Key, string Location, string Subject, string Detail);

internal sealed record DeliveryRow(
    long Message, long No, Guid Person, string Destination, char State, string Reason, int? SealKey, long? Nonce, byte[]? Payload);
