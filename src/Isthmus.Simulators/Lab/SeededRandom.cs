namespace Isthmus.Simulators.Lab;

/// <summary>
/// SplitMix64: the same seed gives the same numbers on every machine and .NET version, which
/// <see cref="Random"/> does not promise. Two streams of one seed are independent.
/// </summary>
internal struct SeededRandom(ulong seed, ulong stream)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong state = Mix(seed + (Golden * (stream + 1)));

    /// <summary>From zero up to but not including <paramref name="limit"/>.</summary>
    public int Next(int limit) => (int)(((UInt128)Next() * (ulong)limit) >> 64);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Next(int low, int high) => low + Next(high - low + 1);

    /// <summary>From zero up to but not including one.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(ReadOnlySpan<T> from) => from[Next(from.Length)];

    /// <summary>The first ones more often than the last, as with names: the n-th about 1/n as often.</summary>
    public T PickCommon<T>(ReadOnlySpan<T> from) => from[(int)Math.Min(Math.Pow(from.Length + 1, NextDouble()) - 1, from.Length - 1)];

    /// <summary>A normally distributed number (Box and Muller).</summary>
    public double NextNormal(double mean, double deviation)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return mean + (deviation * radius * Math.Cos(2 * Math.PI * NextDouble()));
    }

    private ulong Next() => Mix(state += Golden);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
