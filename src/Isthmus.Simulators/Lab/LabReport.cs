namespace Isthmus.Simulators.Lab;

/// <summary>What a run of the laboratory came to.</summary>
public sealed record LabReport
{
    /// <summary>AA or CA.</summary>
    public required long Accepted { get; init; }

    /// <summary>AE or CE, or rejected (AR, CR) at every attempt.</summary>
    public required long Refused { get; init; }

    /// <summary>Frames sent again because no answer came or the answer was AR or CR.</summary>
    public required long Resent { get; init; }

    /// <summary>Connections made after the first of each.</summary>
    public required long Reconnects { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required TimeSpan Median { get; init; }

    public required TimeSpan P99 { get; init; }

    public required TimeSpan Slowest { get; init; }

    public double PerSecond => (Accepted + Refused) / Math.Max(Elapsed.TotalSeconds, 0.001);
}
