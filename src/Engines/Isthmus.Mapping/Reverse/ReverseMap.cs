using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Mapping.Reverse;

/// <summary>What a rule does with its values.</summary>
internal delegate void ReverseAction(ReverseRun run, in Given given);

/// <summary>An element to be read, with its FHIR type and the resource it is in. Absent for what is written from the context alone.</summary>
internal readonly record struct Focus(FhirElement Element, string? Type, FhirElement Resource);

/// <summary>A map from a FHIR type to a segment or datatype, ready to run.</summary>
internal sealed class ReverseMap
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string Target { get; init; }

    public required bool IsSegment { get; init; }

    /// <summary>Without this nothing is written.</summary>
    public FhirPathExpression? When { get; set; }

    public ReverseRule[] Rules { get; set; } = [];
}

internal sealed class ReverseRule
{
    public required FhirPathExpression[] From { get; init; }

    public required bool Each { get; init; }

    public required FhirPathExpression? When { get; init; }

    public required FhirPathExpression? Implies { get; init; }

    public required Target[] To { get; init; }

    /// <summary>Whether the action takes all items at once.</summary>
    public required bool TakesAll { get; init; }

    public required ReverseAction Apply { get; init; }

    public Version? Since { get; init; }

    public Version? Before { get; init; }

    /// <summary>Whether the rule holds for messages of that version.</summary>
    public bool IsFor(Version version) => (Since is null || version >= Since) && (Before is null || version < Before);
}

/// <summary>What an action is given: the items that the first expression found, the one in hand, and where it goes.</summary>
internal readonly ref struct Given
{
    public required ReverseRule Rule { get; init; }

    public required Focus Focus { get; init; }

    public required ReadOnlySpan<FhirPathValue> Items { get; init; }

    /// <summary>The item in hand; 0 for actions that take all.</summary>
    public required int At { get; init; }

    /// <summary>The place that the map was called for.</summary>
    public required Place Place { get; init; }

    /// <summary>The repetition of the field that an item goes to.</summary>
    public required int Repetition { get; init; }

    /// <summary>The table that the calling rule named.</summary>
    public required InverseTable? Vocabulary { get; init; }

    public FhirPathValue Item => At < Items.Length ? Items[At] : default;

    /// <summary>Where the rule's target lies; null where v2 has no level left for it.</summary>
    public Place? Target(int number = 0)
    {
        var target = Rule.To[number];
        return target.Field > 0 ? new Place(target.Field, Repetition, target.Component, target.Subcomponent) : target.Within(Place);
    }
}
