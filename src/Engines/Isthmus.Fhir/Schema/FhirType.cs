namespace Isthmus.Fhir.Schema;

/// <summary>One FHIR type with the elements it declares and those it inherits.</summary>
public sealed class FhirType
{
    private readonly Func<string, FhirType?> lookUp;
    private readonly Dictionary<string, FhirElementDefinition> own = new(StringComparer.Ordinal);

    internal FhirType(string name, string baseName, string kind, Func<string, FhirType?> lookUp)
    {
        Name = name;
        BaseName = baseName;
        IsPrimitive = kind == "primitive";
        IsResource = kind == "resource";
        this.lookUp = lookUp;
    }

    public string Name { get; }

    public string BaseName { get; }

    public bool IsPrimitive { get; }

    /// <summary>A concrete resource type.</summary>
    public bool IsResource { get; }

    internal IEnumerable<string> OwnNames => own.Keys;

    /// <summary>The elements this type declares itself, in the order of its definition.</summary>
    internal IEnumerable<FhirElementDefinition> OwnElements => own.Values;

    /// <summary>The element of that JSON name, inherited ones included, choices by their spelled-out name; null if there is none.</summary>
    public FhirElementDefinition? Element(string name)
    {
        for (var type = this; type is not null; type = type.lookUp(type.BaseName))
        {
            if (type.own.TryGetValue(name, out var element))
            {
                return element;
            }
        }

        return null;
    }

    internal void Add(IEnumerable<FhirElementDefinition> elements)
    {
        foreach (var element in elements)
        {
            own.Add(element.Name, element);
        }
    }
}
