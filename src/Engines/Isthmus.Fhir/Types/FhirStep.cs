namespace Isthmus.Fhir.Types;

/// <summary>
/// Where a path name leads from one type: the JSON properties that may stand for it, with the type of each.
/// A choice (<c>value</c>) has many, and because names are numbered in alphabetical order they lie close together.
/// </summary>
internal sealed class FhirStep
{
    private readonly int[] types;

    private FhirStep(int owner, int first, int[] types, bool repeats)
    {
        Owner = owner;
        First = first;
        this.types = types;
        Repeats = repeats;
    }

    /// <summary>The type whose element this is, for a cache to know its entry by.</summary>
    public int Owner { get; }

    /// <summary>The lowest name of the properties.</summary>
    public int First { get; }

    public bool Repeats { get; }

    /// <summary>Whether the type has no such element.</summary>
    public bool IsMissing => types.Length == 0;

    /// <summary>The types it leads to.</summary>
    public IEnumerable<int> Types => types.Where(type => type != FhirTypes.Unknown);

    /// <summary>The type of the property of that name, or <see cref="FhirTypes.Unknown"/> if it is another element's.</summary>
    public int TypeOf(int name)
    {
        var slot = (uint)(name - First);
        return slot < (uint)types.Length ? types[slot] : FhirTypes.Unknown;
    }

    public static FhirStep Missing(int owner) => new(owner, 0, [], repeats: false);

    public static FhirStep Of(int owner, IReadOnlyList<(int Name, int Type)> properties, bool repeats)
    {
        var first = properties.Min(property => property.Name);
        var types = new int[properties.Max(property => property.Name) - first + 1];
        Array.Fill(types, FhirTypes.Unknown);
        foreach (var (name, type) in properties)
        {
            types[name - first] = type;
        }

        return new FhirStep(owner, first, types, repeats);
    }
}
