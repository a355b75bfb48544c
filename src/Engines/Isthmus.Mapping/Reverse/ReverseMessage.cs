using Isthmus.Fhir.Paths;

namespace Isthmus.Mapping.Reverse;

/// <summary>Everything a reverse translator runs: immutable, shared by all threads.</summary>
internal sealed record CompiledReverse(
    IReadOnlyList<ReverseMessage> Messages,
    InverseNames Names,
    KeptFields Kept,
    Terminology.CodeTable Units);

/// <summary>A message that can be written.</summary>
/// <param name="Events">Trigger events and the structure each is sent in.</param>
/// <param name="Variables">How many names the structure binds; the first is the bundle.</param>
internal sealed record ReverseMessage(
    string Name,
    IReadOnlyList<(string Event, string Structure)> Events,
    IReadOnlyList<string> Content,
    int Rank,
    int Variables,
    Part[] Parts)
{
    /// <summary>Such as ORU: what MSH-9.1 says.</summary>
    public string Code => Name[..3];
}

/// <summary>A segment or a group.</summary>
internal sealed class Part
{
    /// <summary>Empty for a group.</summary>
    public required string Segment { get; init; }

    public required bool Needed { get; init; }

    /// <summary>Whether the message has no room for a second: what follows would be taken for the first one's.</summary>
    public required bool IsOnce { get; init; }

    public required Selection? Each { get; init; }

    public required Selection[] With { get; init; }

    public required (int Variable, ReverseMap Map)[] Fill { get; init; }

    public required Part[] Has { get; init; }
}

/// <summary>Which resources or elements a name stands for.</summary>
/// <param name="Variable">The name's number.</param>
/// <param name="Type">The resource type that is looked for; null where a path leads there.</param>
/// <param name="Inner">Leads to the elements of those resources that are meant, where it is not the resources themselves.</param>
/// <param name="Of">The name that the path starts from, or that the reference leads to; -1 for none.</param>
/// <param name="Path">The path, or the referring element.</param>
internal sealed record Selection(
    int Variable, string? Type, FhirPathExpression? Inner, int Of, FhirPathExpression? Path, FhirPathExpression? When, (string Type, FhirPathExpression Path)? Unless);
