namespace Isthmus.Simulators.Lab;

/// <summary>
/// A laboratory's traffic: new results, and now and then a correction of one of the last two hundred. Message n is a function
/// of the seed and n alone, so that a sender needs to remember only which ones were acknowledged.
/// </summary>
public sealed class LabTraffic
{
    private const ulong CorrectionStream = 1UL << 41;
    private const int CorrectedWithin = 200;

    private readonly int _seed;
    private readonly double _correctionRate;
    private readonly OruGenerator _generator;

    /// <param name="correctionRate">Share of messages that correct an earlier one.</param>
    public LabTraffic(int seed, IReadOnlyList<SyntheticPatient> patients, OruOptions? options = null, double correctionRate = 0.02)
    {
        _seed = seed;
        _correctionRate = correctionRate;
        _generator = new(seed, patients, options);
    }

    /// <summary>Message number <paramref name="ordinal"/>, from zero. A correction is about the patient of what it corrects.</summary>
    public OruMessage At(long ordinal)
    {
        var random = new SeededRandom((ulong)_seed, CorrectionStream + (ulong)ordinal);
        if (ordinal == 0 || !random.Chance(_correctionRate))
        {
            return _generator.At(ordinal);
        }

        var earlier = ordinal - random.Next(1, (int)Math.Min(ordinal, CorrectedWithin));
        return _generator.Correct(At(earlier), ordinal);
    }
}
