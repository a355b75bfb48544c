using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>Checks where references lead: to which types, to which profiles, and whether into the document or outside.</summary>
internal sealed class TargetCheck(ProfileShapes profiles, FhirTape tape, FindingLog log, ReferenceTargets targets, ProfileCheck check)
{
    public void Check(ElementItem item, TypeUse use, string label)
    {
        var reference = item.Value >= 0 && tape.Nodes[item.Value].Kind == FhirKind.Object ? targets.TextOf(item.Value) : [];
        if (reference.IsEmpty)
        {
            return;
        }

        var target = targets.Resolve(item.Value, reference);
        if (target < 0 && use.Aggregation.Length > 0 && !use.Aggregation.Contains("referenced"))
        {
            log.Add(ReferenceRules.NotInDocument, item.Place, label, string.Join(" or ", use.Aggregation));
            return;
        }

        var type = System.Text.Encoding.UTF8.GetString(target >= 0 ? ResourceTree.TypeOf(tape, target) : ReferenceText.TypeOf(reference));
        if (use.Targets.Length == 0 || !TypeShapes.IsResourceName(type))
        {
            return;
        }

        // Which of the targets are for this type; a profile that is not known may be.
        var fitting = use.Targets.Where(url => profiles.Find(url) is not { } profile || profiles.Types.IsA(type, profile.Type)).ToArray();
        if (fitting.Length == 0)
        {
            log.Add(ReferenceRules.TargetType, item.Place, type, label, string.Join(", ", use.Targets.Select(TypeUse.NameOf)));
            return;
        }

        if (target >= 0)
        {
            Profiles(item, new ElementItem(target, FhirNode.None, type), fitting, label);
        }
    }

    private void Profiles(ElementItem item, ElementItem target, string[] fitting, string label)
    {
        string? nearest = null;
        foreach (var url in fitting)
        {
            if (check.WhyNot(target, url) is not { } reason)
            {
                return;
            }

            nearest ??= reason;
        }

        log.Add(ReferenceRules.TargetProfile, item.Place, label, string.Join(", ", fitting), nearest);
    }
}
