namespace Isthmus.Host.Bench;

/// <summary>One figure of a benchmark.</summary>
/// <param name="Reference">The machine's own limit, measured in the same run; null where there is none.</param>
/// <param name="Bar">The number asked for; null where the figure is for information.</param>
/// <param name="Ok">Whether the bar holds.</param>
internal sealed record BenchResult(string Name, double Value, string Unit, double? Reference, double? Bar, bool? Ok)
{
    public static BenchResult AtLeast(string name, double value, string unit, double bar, double? reference = null) =>
        new(name, Math.Round(value, 3), unit, reference, bar, value >= bar);

    public static BenchResult AtMost(string name, double value, string unit, double bar, double? reference = null) =>
        new(name, Math.Round(value, 3), unit, reference, bar, value <= bar);

    public static BenchResult Info(string name, double value, string unit, double? reference = null) => new(name, Math.Round(value, 3), unit, reference, null, null);
}
