using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>One invariant (ElementDefinition.constraint).</summary>
/// <param name="Key">Its key, such as <c>pat-1</c>.</param>
/// <param name="IsError">Whether breaking it makes the resource invalid; else it is advice.</param>
/// <param name="Human">What it asks, in words.</param>
/// <param name="Expression">What it asks, in FHIRPath.</param>
internal sealed record InvariantShape(string Key, bool IsError, string Human, string Expression)
{
    /// <summary>The invariants of an element definition that have an expression.</summary>
    public static InvariantShape[] Of(FhirElement definition)
    {
        var found = new List<InvariantShape>();
        foreach (var constraint in definition["constraint"u8])
        {
            if (constraint["expression"u8].AsString() is { Length: > 0 } expression)
            {
                found.Add(new InvariantShape(
                    constraint["key"u8].AsString() ?? "", constraint["severity"u8].AsString() != "warning", constraint["human"u8].AsString() ?? "", expression));
            }
        }

        return [.. found];
    }
}
