using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Validation.References;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>
/// What invariants ask from outside of their element: the targets of references, terminology, conformance to profiles. Notes
/// when nobody could answer: an invariant that then does not hold has not been shown to be broken.
/// </summary>
internal sealed class OutsideAnswers(
    FhirTape tape, ReferenceTargets targets, FhirPathTerminology terminology, DateTimeOffset? now, Func<FhirElement, string, string, bool?> conformsTo)
{
    private FhirPathContext? context;
    private int focus;

    /// <summary>Made when FHIRPath is first asked; most resources come through without.</summary>
    public FhirPathContext Context => context ??= new FhirPathContext
    {
        Now = now,
        Resolve = Resolve,
        Terminology = new FhirPathTerminology
        {
            MemberOf = (element, valueSet) => Noted(terminology.MemberOf!(element, valueSet)),
            Subsumes = (system, ancestor, descendant) => Noted(terminology.Subsumes!(system, ancestor, descendant)),
        },
        ConformsTo = (element, type, profile) => Noted(conformsTo(element, type, profile)),
    };

    /// <summary>Something was asked that nobody could answer.</summary>
    public bool Missing { get; private set; }

    /// <summary>Begins with a new focus; what asks for the time, where nobody tells it, is unanswered from the start.</summary>
    public void Begin(int node, bool asksTime)
    {
        focus = node;
        Missing = asksTime && now is null;
    }

    private FhirElement Resolve(string reference)
    {
        var target = targets.Resolve(focus, System.Text.Encoding.UTF8.GetBytes(reference));
        Missing |= target < 0;
        return target >= 0 ? new FhirElement(tape, target) : default;
    }

    private bool? Noted(bool? answer)
    {
        Missing |= answer is null;
        return answer;
    }
}
