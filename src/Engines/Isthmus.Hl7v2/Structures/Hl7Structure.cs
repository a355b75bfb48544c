namespace Isthmus.Hl7v2;

/// <summary>The structure of a message in one range of versions, such as ORU_R01 since v2.7: segments and groups in order.</summary>
public sealed class Hl7Structure
{
    internal Hl7Structure(string name, Hl7VersionRange versions, IReadOnlyList<Hl7StructurePart> parts)
    {
        Name = name;
        Versions = versions;
        Parts = parts;
    }

    public string Name { get; }

    public Hl7VersionRange Versions { get; }

    public IReadOnlyList<Hl7StructurePart> Parts { get; }

    /// <summary>Whether a segment of that name stands anywhere in it.</summary>
    public bool Knows(string segment) => Parts.Any(part => part.Knows(segment));

    public override string ToString() => $"{Name} {Versions}";
}

/// <summary>A place of a structure: a segment, a choice of segments, or a group with places of its own.</summary>
public sealed class Hl7StructurePart
{
    internal Hl7StructurePart(string name, bool isRequired, bool repeats, IReadOnlyList<Hl7StructurePart> parts)
    {
        Name = name;
        IsRequired = isRequired;
        Repeats = repeats;
        Parts = parts;
        Segments = parts.Count == 0 ? name.Split('|') : [];
    }

    /// <summary>Of the group or of the segment; a choice is written <c>OBR|RXO</c>.</summary>
    public string Name { get; }

    public bool IsRequired { get; }

    public bool Repeats { get; }

    /// <summary>The segments that may stand here; more than one for a choice, none for a group.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>What a group holds, in order; none for a segment.</summary>
    public IReadOnlyList<Hl7StructurePart> Parts { get; }

    public bool IsGroup => Parts.Count > 0;

    /// <summary>Whether a segment of that name stands here or anywhere below.</summary>
    public bool Knows(string segment) => IsGroup ? Parts.Any(part => part.Knows(segment)) : Segments.Contains(segment);

    public override string ToString() => Name;
}
