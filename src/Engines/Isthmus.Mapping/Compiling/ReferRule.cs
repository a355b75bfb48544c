using System.Text;
using Isthmus.Fhir.Schema;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary><c>refer: Patient</c>: a reference to the nearest resource of that type which the message has made.</summary>
internal static class ReferRule
{
    public static RuleAction? Compile(MapScope scope, RuleText rule, TargetPath path)
    {
        if (FhirSchema.R4.Type(rule.Refer!) is not { IsResource: true })
        {
            scope.Fault(rule.Place, MapRules.Type, $"'{rule.Refer}' is no resource of FHIR R4.");
            return null;
        }

        var register = scope.Element(rule.Place, path.Steps);
        if (register >= 0 && scope.TypeAt(path) != "Reference")
        {
            scope.Fault(rule.Place, MapRules.TargetKind, $"'{rule.To}' is not a Reference.");
            return null;
        }

        var type = Encoding.UTF8.GetBytes(rule.Refer!);
        return register < 0 ? null : (run, frame, _) =>
        {
            if (NearestResource.Find(run, type, frame) is var found and >= 0)
            {
                run.Resources.ReferLater(run.Ensure(frame, register), found);
            }
        };
    }
}
