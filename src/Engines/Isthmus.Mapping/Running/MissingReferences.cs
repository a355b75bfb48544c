using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Running;

/// <summary>
/// A reference that FHIR requires (the subject of an order, the patient of an allergy) and for which the message has nothing to point
/// at: that it is unknown is stated by the standard's data-absent-reason, because a resource without it would be invalid and an
/// invented one false.
/// </summary>
internal static class MissingReferences
{
    private static readonly int ExtensionName = FhirNames.IdOf("extension"u8);
    private static readonly int UrlName = FhirNames.IdOf("url"u8);
    private static readonly int ValueCodeName = FhirNames.IdOf("valueCode"u8);

    public static void State(TranslationRun run, MessageMap map)
    {
        foreach (var rule in map.References)
        {
            for (var from = rule.IsRequired ? run.Resources.FirstOf(rule.From) : -1; from >= 0; from = run.Resources[from].NextOfDefinition)
            {
                var node = run.Resources[from].Node;
                if (run.Builder.Has(node, rule.Name))
                {
                    continue;
                }

                var extension = run.Builder.Item(rule.Repeats ? run.Builder.Item(node, rule.Name) : run.Builder.Object(node, rule.Name), ExtensionName);
                run.Builder.String(extension, UrlName, "http://hl7.org/fhir/StructureDefinition/data-absent-reason"u8);
                run.Builder.String(extension, ValueCodeName, "unknown"u8);
                var segment = run.Groups.SegmentAt(run.Resources[from].Segment);
                run.Find(FindingRules.ReferenceMissing.Rule, new Slice(segment.Offset, 3, Level.Repetition), FindingRules.ReferenceMissing.Message);
            }
        }
    }
}
