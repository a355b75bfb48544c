using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.References;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>Asks invariants of elements: by presence, by code of their own, or by FHIRPath.</summary>
internal sealed class InvariantCheck(FhirTape tape, FindingLog log, ReferenceTargets targets, OutsideAnswers outside)
{
    /// <param name="node">The focus.</param>
    /// <param name="type">Its type.</param>
    /// <param name="resource">The resource whose definition has the invariant: for a resource within another, either may.</param>
    /// <param name="invariant">What is asked.</param>
    public void Check(int node, string type, int resource, CompiledInvariant invariant)
    {
        bool? holds = invariant.Answer switch
        {
            InvariantAnswer.Presence => tape.Nodes[node].Kind != FhirKind.Object || invariant.Presence!.Holds(tape, node),
            InvariantAnswer.Native => NativeRules.Holds(invariant.Native, tape, node, targets),
            _ => null,
        };
        if (holds == false || (holds is null && !ByPath(node, type, resource, invariant)))
        {
            var shape = invariant.Shape;
            var place = invariant.Native == NativeRule.ContainedReferredTo ? ContainedUse.FirstUnused(tape, node) : node;
            log.Add(shape.IsError ? InvariantRules.Failed : InvariantRules.Advice, place, shape.Key, shape.Human);
        }
    }

    /// <summary>An invariant holds if it comes to true, not if it comes to nothing; one that cannot be evaluated is warned of and breaks nothing.</summary>
    private bool ByPath(int node, string type, int resource, CompiledInvariant invariant)
    {
        if (invariant.Path is not { } path)
        {
            log.Add(InvariantRules.Unevaluated, node, invariant.Shape.Key, "it is not FHIRPath that is understood here");
            return true;
        }

        outside.Begin(node, invariant.AsksTime);
        var truth = path.IsTrue(
            new FhirElement(tape, node), ResourceTree.TypeOf(tape, node).IsEmpty ? type : null, new FhirElement(tape, resource),
            new FhirElement(tape, ResourceTree.ContainerOf(tape, resource)), outside.Context, out var fault);
        if (truth == PathTruth.True)
        {
            return true;
        }

        if (truth == PathTruth.Fault || outside.Missing)
        {
            log.Add(InvariantRules.Unevaluated, node, invariant.Shape.Key, fault?.Message ?? "it asks for what is not known here");
            return true;
        }

        return false;
    }
}
