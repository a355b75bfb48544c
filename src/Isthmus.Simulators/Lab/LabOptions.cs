using System.Globalization;

namespace Isthmus.Simulators.Lab;

/// <summary>What a <see cref="LabSimulator"/> sends, where and how fast.</summary>
public sealed record LabOptions
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Size of the population; its seed is <see cref="Seed"/>.</summary>
    public int Patients { get; init; } = 1000;

    /// <summary>How many messages in all, those of earlier runs on the same journal included.</summary>
    public long Count { get; init; } = long.MaxValue;

    /// <summary>Messages per second over all connections; null for as fast as they are acknowledged.</summary>
    public double? Rate { get; init; }

    /// <summary>All messages about one patient go over one connection, which keeps their order.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>Frames sent ahead of their answers per connection; 1 for none.</summary>
    public int Window { get; init; } = 1;

    public double CorrectionRate { get; init; } = 0.02;

    /// <summary>Where acknowledgements are remembered; null for not at all.</summary>
    public string? JournalFile { get; init; }

    /// <summary>A rejected message (AR, CR) is sent again that often before it counts as refused.</summary>
    public int RejectedAttempts { get; init; } = 20;

    /// <summary>Before the second attempt; doubled for each further one, up to five seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(100);

    public OruOptions Messages { get; init; } = new();

    public MllpOptions Mllp { get; init; } = new();

    /// <summary>What a message depends on besides its number.</summary>
    internal string Traffic => string.Create(
        CultureInfo.InvariantCulture,
        $"isthmus lab journal 1: seed {Seed}, patients {Patients}, corrections {CorrectionRate}, start {Messages.Start:O}, interval {Messages.Interval}, prefix {Messages.Prefix}");
}
