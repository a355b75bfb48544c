using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Invariants;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>
/// One element of a type as FHIR itself defines it: <c>Patient</c>, <c>Patient.contact</c>, <c>HumanName.family</c>.
/// Types and backbone elements have children, which are found by the number of their JSON name.
/// </summary>
internal sealed class ElementShape
{
    private int[] slots = [];
    private PropertyShape[] properties = [];

    public required string Path { get; init; }

    /// <summary>The last part of the path; a choice keeps its <c>[x]</c>.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    public required int Min { get; init; }

    /// <summary>Most occurrences; <see cref="int.MaxValue"/> for <c>*</c>.</summary>
    public required int Max { get; init; }

    public required TypeUse[] Types { get; init; }

    public required InvariantShape[] Invariants { get; init; }

    public required BindingShape? Binding { get; init; }

    /// <summary>Whether the element may change the meaning of what it stands in.</summary>
    public required bool IsModifier { get; init; }

    /// <summary>The element whose children this one has (ElementDefinition.contentReference), such as <c>Questionnaire.item</c>; null if it has its own.</summary>
    public required string? ContentReference { get; init; }

    /// <summary>Whether JSON writes an array.</summary>
    public bool Repeats => Max > 1;

    public bool IsChoice => Path.EndsWith("[x]", StringComparison.Ordinal);

    public ElementShape[] Children { get; private set; } = [];

    public ReadOnlySpan<PropertyShape> Properties => properties;

    /// <summary>A bit for each child that must be there, in the children's order.</summary>
    public ulong Required { get; private set; }

    /// <summary>The property of that name, or null: the type has none.</summary>
    public PropertyShape? Find(int name)
    {
        if (slots.Length == 0)
        {
            return null;
        }

        var mask = slots.Length - 1;
        for (var slot = name & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var property = properties[slots[slot] - 1];
            if (property.Name == name)
            {
                return property;
            }
        }

        return null;
    }

    public ElementShape? Child(string name) => Array.Find(Children, child => child.Name == name);

    /// <summary>The numbers of a child's JSON names: several for a choice, none if there is no such child.</summary>
    public int[] NamesOf(string name) =>
        Array.Find(Children, child => child.Name == name || child.Name == name + "[x]") is { } found
            ? [.. properties.Where(property => property.Element == found).Select(property => property.Name)]
            : [];

    /// <summary>Sets the children; a choice becomes a property for each of its types.</summary>
    public void Attach(List<ElementShape> children, Func<ElementShape, TypeUse, PropertyShape> propertyOf)
    {
        // A word has bits for the largest types of R4 (ElementDefinition has 37 elements) with room to spare.
        if (children.Count > 64)
        {
            throw new InvalidOperationException("A type has more elements than a word has bits.");
        }

        Children = [.. children];
        var found = new List<PropertyShape>();
        for (var i = 0; i < children.Count; i++)
        {
            var child = children[i];
            Required |= child.Min > 0 ? 1UL << i : 0;
            foreach (var type in child.Types)
            {
                var property = propertyOf(child, type);
                property.Bit = 1UL << i;
                if (property.Name >= 0)
                {
                    found.Add(property);
                }
            }
        }

        properties = [.. found];
        slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, properties.Length * 2))];
        for (var i = 0; i < properties.Length; i++)
        {
            var slot = properties[i].Name & (slots.Length - 1);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            slots[slot] = i + 1;
        }
    }

    /// <summary>The JSON name of a child for one of its types: <c>value[x]</c> as Quantity is <c>valueQuantity</c>.</summary>
    public static int PropertyName(string name, string type) =>
        !name.EndsWith("[x]", StringComparison.Ordinal) ? FhirNames.IdOf(name)
        : type.Length == 0 ? FhirNode.None
        : FhirNames.IdOf($"{name[..^3]}{char.ToUpperInvariant(type[0])}{type[1..]}");

    public override string ToString() => Path;
}
