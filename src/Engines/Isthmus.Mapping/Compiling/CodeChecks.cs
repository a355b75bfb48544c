using System.Globalization;
using System.Text;
using Isthmus.Fhir.Schema;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Codes that a rule can write must be ones that the element may hold: where FHIR binds it strictly, every target of the vocabulary
/// and every constant is among its codes. This is what keeps bundles valid.
/// </summary>
internal static class CodeChecks
{
    public static void Vocabulary(MapScope scope, RuleText rule, TargetPath path, CodeTable vocabulary, ElementRules elements)
    {
        if (Binding(scope, path, elements) is not { } allowed)
        {
            return;
        }

        var wrong = vocabulary.Rows.Select(row => Encoding.UTF8.GetString(row.Value.Code))
            .Where(code => code.Length > 0 && !ElementRules.Holds(allowed, code)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (wrong.Count > 0)
        {
            scope.Fault(rule.Place, MapRules.Binding, $"'{vocabulary.Name}' yields {string.Join(", ", wrong)}, which {allowed.Canonical} does not have.");
        }
    }

    public static void Constant(MapScope scope, RuleText rule, TargetPath path, string type, ElementRules elements)
    {
        var value = rule.Value!;
        var wrong = type switch
        {
            "boolean" => value is not ("true" or "false"),
            "decimal" => !decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "integer" or "positiveInt" or "unsignedInt" => !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            _ => false,
        };
        if (wrong)
        {
            scope.Fault(rule.Place, MapRules.Constant, $"'{value}' is no {type}.");
        }
        else if (Binding(scope, path, elements) is { } allowed && !ElementRules.Holds(allowed, value))
        {
            scope.Fault(rule.Place, MapRules.Binding, $"'{value}' is not among the codes of {allowed.Canonical}.");
        }
    }

    private static Isthmus.Fhir.Terminology.CompiledValueSet? Binding(MapScope scope, TargetPath path, ElementRules elements)
    {
        if (path.IsValue || path.Steps.Count == 0 || scope.TypeAt(path) != "code")
        {
            return null;
        }

        // The type that holds the element: the map's own, a part of it, or a datatype.
        var holder = scope.TypeOf(0);
        foreach (var step in path.Steps.Take(path.Steps.Count - 1))
        {
            if (holder.Element(step.Name) is not { } element || FhirSchema.R4.Type(element.Type) is not { } type)
            {
                return null;
            }

            holder = type;
        }

        var root = holder.Name.Split('.')[0];
        var structure = scope.Map.Profile is { } profile && root == scope.Map.Type ? profile : root;
        return elements.RequiredBinding(structure, $"{holder.Name}.{path.Steps[^1].Name}");
    }
}
