namespace Isthmus.Hl7v2;

/// <summary>Whether a field or component must be sent.</summary>
public enum Hl7Usage
{
    Optional,
    Required,

    /// <summary>Required under a condition that the standard gives in words.</summary>
    Conditional,

    /// <summary>No longer part of the standard; older senders still value it.</summary>
    Withdrawn,
}

/// <summary>A segment of the standard and its fields, over all versions.</summary>
public sealed class Hl7SegmentDefinition
{
    private readonly Hl7FieldDefinition[] fields;

    internal Hl7SegmentDefinition(string name, string title, Hl7VersionRange versions, Hl7FieldDefinition[] fields)
    {
        Name = name;
        Title = title;
        Versions = versions;
        this.fields = fields;
    }

    /// <summary>Three characters, such as PID.</summary>
    public string Name { get; }

    /// <summary>Such as Patient Identification.</summary>
    public string Title { get; }

    public Hl7VersionRange Versions { get; }

    /// <summary>In order of their numbers, without gaps.</summary>
    public IReadOnlyList<Hl7FieldDefinition> Fields => fields;

    /// <summary>The field with that one-based number; null where no version has one.</summary>
    public Hl7FieldDefinition? Field(int number) => number >= 1 && number <= fields.Length ? fields[number - 1] : null;

    public override string ToString() => $"{Name} {Title}";
}

/// <summary>A field of a segment, over all versions.</summary>
public sealed class Hl7FieldDefinition
{
    /// <summary>The value of <see cref="MaxRepetitions"/> for a field that repeats without end.</summary>
    public const int Unbounded = 0;

    /// <summary>One-based, as in the standard.</summary>
    public required int Number { get; init; }

    /// <summary>The newest name, such as Patient Identifier List.</summary>
    public required string Name { get; init; }

    /// <summary>Names of datatypes; <see cref="Hl7Definitions.Varies"/> where another field says which.</summary>
    public required Hl7History<string> DataType { get; init; }

    public required Hl7History<Hl7Usage> Usage { get; init; }

    /// <summary>How often the field may stand, or <see cref="Unbounded"/>.</summary>
    public required Hl7History<int> MaxRepetitions { get; init; }

    /// <summary>The HL7 table of its codes, four digits; null where there is none.</summary>
    public required string? Table { get; init; }

    /// <summary>The last length that the standard gave, in characters.</summary>
    public required int? Length { get; init; }

    public required Hl7VersionRange Versions { get; init; }

    /// <summary>Whether the newest version lets it repeat.</summary>
    public bool Repeats => MaxRepetitions.Newest != 1;

    public override string ToString() => $"{Number} {Name} ({DataType.Newest})";
}
