namespace Isthmus.Mapping.Running;

/// <summary>Everything a translator runs: immutable, shared by all threads.</summary>
internal sealed class CompiledMaps
{
    public required IReadOnlyDictionary<string, MessageMap> Messages { get; init; }

    public required MessageLookup Lookup { get; init; }

    public required byte[] Version { get; init; }

    public required byte[] TerminologyVersion { get; init; }
}

/// <summary>One message type: its structure, which maps its segments run through, which resources come of it and how they refer.</summary>
internal sealed class MessageMap
{
    public required string Name { get; init; }

    /// <summary>The map of MSH that fills the Bundle's own elements.</summary>
    public required CompiledMap? Bundle { get; init; }

    public required MessageStructure Structure { get; init; }

    public required ResourceDefinition[] Resources { get; init; }

    /// <summary>By group index and segment key.</summary>
    public required Dictionary<(int Group, int Segment), SegmentUse[]> Segments { get; init; }

    /// <summary>Whether any of them waits for the others.</summary>
    public required bool HasLate { get; init; }

    public required ReferenceRule[] References { get; init; }

    /// <summary>By definition, the rules by which its resources refer to others.</summary>
    public required ReferenceRule[][] ReferencesFrom { get; init; }

    /// <summary>Fields that some rule reads, by segment key.</summary>
    public required Dictionary<int, HashSet<int>> Read { get; init; }
}

/// <summary>A resource that a message yields, once per instance of the groups it belongs to.</summary>
internal sealed class ResourceDefinition
{
    public required string Name { get; init; }

    /// <summary>Where it stands and what its key is, for explanations.</summary>
    public required string Place { get; init; }

    public required string KeyText { get; init; }

    public required byte[] Type { get; init; }

    public required bool[] Per { get; init; }

    /// <summary>Without one of these segments in its group the resource is not made; empty for no such condition.</summary>
    public required int[] Needs { get; init; }

    /// <summary>The parts of the business key; the first must be valued, else control id and position stand for it.</summary>
    public required KeyPart[] Key { get; init; }

    public required bool IsPatient { get; init; }
}

/// <summary>Alternatives for one part of a business key; the first valued one counts.</summary>
internal sealed record KeyPart((int Segment, int Field, int Component, int Subcomponent)[] Alternatives);

/// <param name="IsLate">Whether it waits until all segments have run.</param>
/// <param name="Asked">The fields that the condition asks for.</param>
internal sealed record SegmentUse(CompiledMap Map, int Resource, Condition? When, bool IsLate, bool IsBorrowed, IReadOnlyCollection<(int Segment, int Field)> Asked);

/// <summary>Resources of one definition refer to those of another.</summary>
/// <param name="From">The definition that refers.</param>
/// <param name="Name">The referring property.</param>
/// <param name="Within">By group: whether it is one beyond which is not looked.</param>
/// <param name="Place">Where the rule stands, for explanations.</param>
/// <param name="IsRequired">Whether FHIR demands the property.</param>
internal sealed record ReferenceRule(int From, int Name, bool Repeats, int To, bool[] Within, bool IsRequired, string Place);
