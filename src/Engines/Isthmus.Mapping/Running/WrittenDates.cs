namespace Isthmus.Mapping.Running;

/// <summary>
/// The date that was written last in each of FHIR's forms, with what it was sent as: the results of a report state the same
/// times over and over.
/// </summary>
internal sealed class WrittenDates
{
    private const int Forms = 3;
    private const int Longest = 32;

    private readonly byte[] sent = new byte[Forms * Longest];
    private readonly byte[] written = new byte[Forms * Longest];
    private readonly (int Sent, int Written)[] lengths = new (int, int)[Forms];

    /// <summary>Forgets all: in another message the same words may mean another time.</summary>
    public void Clear() => Array.Clear(lengths);

    /// <summary>What was written for those words; empty if something else was written last.</summary>
    public ReadOnlySpan<byte> Find(int form, ReadOnlySpan<byte> words) =>
        words.SequenceEqual(sent.AsSpan(form * Longest, lengths[form].Sent)) ? written.AsSpan(form * Longest, lengths[form].Written) : default;

    public void Keep(int form, ReadOnlySpan<byte> words, ReadOnlySpan<byte> text)
    {
        if (words.Length <= Longest && text.Length <= Longest)
        {
            words.CopyTo(sent.AsSpan(form * Longest));
            text.CopyTo(written.AsSpan(form * Longest));
            lengths[form] = (words.Length, text.Length);
        }
    }
}
