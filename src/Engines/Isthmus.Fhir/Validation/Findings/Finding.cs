using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>One thing that is wrong with a resource, and where.</summary>
/// <param name="Rule">What kind of thing.</param>
/// <param name="Expression">The element as FHIRPath with indexes, <c>Patient.name[0].family</c>; empty where the text could not be read as a resource.</param>
/// <param name="Position">Line and column in the text that was read; (0, 0) for a resource that was built.</param>
/// <param name="Message">What is wrong and what was expected; holds no value of the instance.</param>
/// <param name="Profile">The canonical URL of the profile that demands it; null for FHIR itself.</param>
public sealed record Finding(FindingRule Rule, string Expression, JsonPosition Position, string Message, string? Profile)
{
    public FindingSeverity Severity => Rule.Severity;

    public bool IsError => Severity >= FindingSeverity.Error;

    public override string ToString() => $"{Severity} {Rule.Id} at {Expression} ({Position.Line}:{Position.Column}): {Message}";
}
