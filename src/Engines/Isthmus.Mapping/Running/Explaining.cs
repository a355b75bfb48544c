using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Running;

/// <summary>Every element of a traced translation with the rule that made it.</summary>
internal static class Explaining
{
    public static IEnumerable<ExplainedElement> Of(TranslationRun run, MessageMap map, RuleTrace trace)
    {
        var made = trace.ByNode(run.Builder.NodeCount);
        for (var index = 0; index < run.Resources.Count; index++)
        {
            if (run.Resources[index].Dropped)
            {
                continue;
            }

            var type = Encoding.UTF8.GetString(run.Resources[index].Type);
            var name = $"{type}/{Encoding.UTF8.GetString(run.Builder.TextAt(run.Resources[index].IdNode))}";
            foreach (var (path, element) in Leaves(run.Builder.Element(run.Resources[index].Node), type))
            {
                yield return Explain(run, map, made, index, name, path, element);
            }
        }
    }

    private static ExplainedElement Explain(TranslationRun run, MessageMap map, TracedRule?[] made, int resource, string name, string path, FhirElement element)
    {
        var value = element.AsString() ?? string.Empty;
        if (Rule(made, element) is { } found)
        {
            return new ExplainedElement(
                name, path, value,
                [.. found.Sources.Select(place => new ExplainedSource(place, FieldNames.Of(place)))],
                found.Map.Name, found.Map.Guide, found.Rule.Row, found.Rule.File, found.Rule.Conversion, found.Rule.When,
                [.. found.Terms.Select(term => new ExplainedTerm(term.Table, term.Row.Table, Encoding.UTF8.GetString(term.Row.Code), Encoding.UTF8.GetString(term.Row.System)))],
                found.Rule.Note);
        }

        // What no rule of a map wrote, the message map did: ids from business keys, references between its resources.
        var definition = run.Resources[resource].Definition;
        var reference = definition < 0 ? null : Array.Find(map.References, rule => rule.From == definition && IsUnder(element, rule.Name));
        return new ExplainedElement(
            name, path, value, [], map.Name, null, null,
            reference?.Place ?? (definition < 0 ? string.Empty : map.Resources[definition].Place),
            reference is not null ? $"reference to {map.Resources[reference.To].Name}" : definition < 0 ? "id of the value it was made of" : $"id of {map.Resources[definition].KeyText}",
            null, [], null);
    }

    /// <summary>The rule that made the element, or the nearest one around it that a rule made.</summary>
    private static TracedRule? Rule(TracedRule?[] made, FhirElement element)
    {
        for (; element.Exists; element = element.Parent)
        {
            if (made[FhirBuilder.NodeOf(element)] is { } rule)
            {
                return rule;
            }
        }

        return null;
    }

    private static bool IsUnder(FhirElement element, int name)
    {
        for (; element.Exists; element = element.Parent)
        {
            if (!element.Name.IsEmpty && FhirNames.IdOf(element.Name) == name)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<(string Path, FhirElement Element)> Leaves(FhirElement parent, string path)
    {
        var position = 0;
        foreach (var child in parent)
        {
            var name = Encoding.UTF8.GetString(child.Name);
            var at = parent.Kind == FhirKind.Array ? $"{path}[{position++}]" : $"{path}.{name}";
            if (child.Kind is FhirKind.Object or FhirKind.Array)
            {
                foreach (var leaf in Leaves(child, at))
                {
                    yield return leaf;
                }
            }
            else if (name != "resourceType")
            {
                yield return (at, child);
            }
        }
    }
}
