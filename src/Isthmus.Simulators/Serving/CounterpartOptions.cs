namespace Isthmus.Simulators.Serving;

/// <summary>What every simulator is started with.</summary>
public abstract record CounterpartOptions
{
    /// <summary>The folder of its durable state; one simulator at a time.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The loopback port; 0 takes a free one.</summary>
    public int Port { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The largest request body accepted, in bytes.</summary>
    public int LargestBody { get; init; } = 16 * 1024 * 1024;
}
