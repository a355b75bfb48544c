namespace Isthmus.Hl7v2;

/// <summary>A datatype of the standard and its components, over all versions.</summary>
public sealed class Hl7DataType
{
    private readonly Hl7ComponentDefinition[] components;

    internal Hl7DataType(string name, string title, Hl7VersionRange versions, Hl7ComponentDefinition[] components)
    {
        Name = name;
        Title = title;
        Versions = versions;
        this.components = components;
    }

    /// <summary>Such as CX.</summary>
    public string Name { get; }

    /// <summary>Such as Extended Composite ID with Check Digit.</summary>
    public string Title { get; }

    public Hl7VersionRange Versions { get; }

    /// <summary>In order of their numbers; none for a primitive datatype.</summary>
    public IReadOnlyList<Hl7ComponentDefinition> Components => components;

    public bool IsPrimitive => components.Length == 0;

    /// <summary>The component with that one-based number; null where no version has one.</summary>
    public Hl7ComponentDefinition? Component(int number) => number >= 1 && number <= components.Length ? components[number - 1] : null;

    public override string ToString() => $"{Name} {Title}";
}

/// <summary>A component of a datatype, over all versions; its own components are the sub-components of a field.</summary>
public sealed class Hl7ComponentDefinition
{
    /// <summary>One-based, as in the standard.</summary>
    public required int Number { get; init; }

    public required string Name { get; init; }

    public required Hl7History<string> DataType { get; init; }

    public required Hl7History<Hl7Usage> Usage { get; init; }

    /// <summary>The HL7 table of its codes, four digits; null where there is none.</summary>
    public required string? Table { get; init; }

    /// <summary>The last length that the standard gave, in characters.</summary>
    public required int? Length { get; init; }

    public required Hl7VersionRange Versions { get; init; }

    public override string ToString() => $"{Number} {Name} ({DataType.Newest})";
}
