using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// What an evaluation needs from outside. Everything is optional: what nobody can answer comes to empty,
/// except <c>conformsTo()</c> a profile that cannot be resolved, which is a fault (FHIR R4 fhirpath.html).
/// </summary>
public sealed record FhirPathContext
{
    public static FhirPathContext None { get; } = new();

    /// <summary>The instant that <c>now()</c>, <c>today()</c> and <c>timeOfDay()</c> tell; without it they give nothing.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Finds what a reference points at, in or beyond the resource; the absent element if it cannot. Contained resources are found without it.</summary>
    public Func<string, FhirElement>? Resolve { get; init; }

    /// <summary>Hears of each reference that <c>resolve()</c> followed: the element that referred, and what it led to.</summary>
    public Action<FhirElement, FhirElement>? Followed { get; init; }

    public FhirPathTerminology? Terminology { get; init; }

    /// <summary>Whether an element of a FHIR type conforms to a profile; null if the profile is not known.</summary>
    public Func<FhirElement, string, string, bool?>? ConformsTo { get; init; }

    /// <summary>The ElementDefinition of an element of a FHIR type (<c>elementDefinition()</c>); the absent element if there is none.</summary>
    public Func<FhirElement, string, FhirElement>? ElementDefinition { get; init; }

    /// <summary>Whether an element is in a slice (<c>slice(structure, name)</c>): element, canonical URL, name; null if that cannot be said.</summary>
    public Func<FhirElement, string, string, bool?>? InSlice { get; init; }

    /// <summary>Receives what passes through <c>trace()</c>: its name and the items. They may be PHI.</summary>
    public Action<string, IReadOnlyList<FhirPathValue>>? Trace { get; init; }

    /// <summary>Environment variables by name, without the <c>%</c>.</summary>
    public IReadOnlyDictionary<string, FhirPathValue>? Variables { get; init; }

    public FhirPathLimits Limits { get; init; } = FhirPathLimits.Default;
}

/// <summary>Questions to a terminology; null where it does not know.</summary>
public sealed record FhirPathTerminology
{
    /// <summary>Whether a code, Coding or CodeableConcept is in a value set (canonical URL).</summary>
    public Func<FhirElement, string, bool?>? MemberOf { get; init; }

    /// <summary>Whether the first code (system, code) subsumes the second: the arguments are system, ancestor, descendant.</summary>
    public Func<string, string, string, bool?>? Subsumes { get; init; }

    /// <summary>Answers from the definitions; keep it, it may be used by many evaluations at once.</summary>
    public static FhirPathTerminology Of(TerminologySet terminology) => new()
    {
        MemberOf = (element, valueSet) => CodeValidation.OfElement(terminology, terminology.ValueSet(valueSet), element).Result switch
        {
            Membership.Yes => true,
            Membership.No => false,
            _ => null,
        },
        Subsumes = (system, ancestor, descendant) => Subsumption.Of(terminology, system, ancestor, descendant).Outcome switch
        {
            SubsumptionOutcome.Subsumes or SubsumptionOutcome.Equivalent => true,
            SubsumptionOutcome.Unknown => null,
            _ => false,
        },
    };
}
