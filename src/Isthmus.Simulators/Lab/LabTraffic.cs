namespace Isthmus.Simulators.Lab;

/// <summary>
/// A laboratory's traffic: new results, and now and then a correction of one of the last two hundred. Message n is a function
/// of the seed and n alone, so that a sender needs to remember only which ones were acknowledged.
/// </summary>
public sealed class LabTraffic
{
    private const ulong CorrectionStream = 1UL << 41;
    private const int CorrectedWithin = 200;

    private readonly int seed;
    private readonly double correctionRate;
    private readonly OruGenerator generator;

    /// <param name="correctionRate">Share of messages that correct an earlier one.</param>
    public LabTraffic(int seed, IReadOnlyList<SyntheticPatient> patients, OruOptions? options = null, double correctionRate = 0.02)
    {
        this.seed = seed;
        this.correctionRate = correctionRate;
        generator = new(seed, patients, options);
    }

    /// <summary>Message number <paramref name="ordinal"/>, from zero. A correction is about the patient of what it corrects.</summary>
    public OruMessage At(long ordinal)
    {
        var random = new SeededRandom((ulong)seed, CorrectionStream + (ulong)ordinal);
        if (ordinal == 0 || !random.Chance(correctionRate))
        {
            return generator.At(ordinal);
        }

        var earlier = ordinal - random.Next(1, (int)Math.Min(ordinal, CorrectedWithin));
        return generator.Correct(At(earlier), ordinal);
    }
}
