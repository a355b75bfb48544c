namespace Isthmus.Hl7v2;

/// <summary>A property of a field that changed from version to version.</summary>
public sealed class Hl7History<T>
{
    private readonly (Hl7Version Since, T Value)[] newestFirst;

    internal Hl7History((Hl7Version Since, T Value)[] newestFirst) => this.newestFirst = newestFirst;

    public T Newest => newestFirst[0].Value;

    /// <summary>Every value it has had, newest first.</summary>
    public IEnumerable<T> Values => newestFirst.Select(static entry => entry.Value);

    /// <summary>What held in that version; before the first, the first.</summary>
    public T In(Hl7Version version)
    {
        foreach (var (since, value) in newestFirst)
        {
            if (version >= since)
            {
                return value;
            }
        }

        return newestFirst[^1].Value;
    }

    public override string ToString() => string.Join(", ", Values);
}
