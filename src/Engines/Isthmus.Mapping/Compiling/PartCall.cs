using Isthmus.Fhir.Schema;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>A map of a segment that fills an element, such as a Dosage: called on the segment in hand, or on the nearest one of its name.</summary>
internal static class PartCall
{
    public static RuleAction? Compile(MapScope scope, RuleText rule, TargetPath path, CompiledMap part)
    {
        var type = scope.TypeAt(path);
        if (type is null || (type != part.Type && FhirSchema.R4.Type(type)?.BaseName != part.Type))
        {
            scope.Fault(rule.Place, MapRules.TargetKind, $"'{rule.Map}' fills a {part.Type}; '{rule.To}' is {type ?? "nothing in FHIR R4"}.");
            return null;
        }

        var key = GroupDefinition.KeyOf(part.SourceName);
        var register = scope.Element(rule.Place, path.Steps);
        return register < 0 ? null : (run, frame, _) => run.CallPart(part, key, frame, register);
    }
}
