using System.Collections.Concurrent;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Search;

/// <summary>The components of a composite parameter: at each place that it names, every combination of one value of each (FHIR R4 search.html#composite).</summary>
internal sealed class SearchComposite
{
    /// <summary>Three components with a hundred codings each would be a million combinations; nobody means that.</summary>
    private const int MaxCombinations = 1000;

    private readonly SearchParameter parameter;
    private readonly List<(SearchParameter Parameter, FhirPathExpression Expression)> components = [];
    private readonly ConcurrentDictionary<string, int[][]> namesOf = new(StringComparer.Ordinal);

    private SearchComposite(SearchParameter parameter) => this.parameter = parameter;

    public static SearchComposite Of(SearchIndex index, SearchParameter parameter, FhirElement definition, Dictionary<string, PathFault> faults)
    {
        var composite = new SearchComposite(parameter);
        foreach (var component in definition["component"u8])
        {
            var its = SearchParameter.Of(index.Definition(component["definition"u8].AsString() ?? ""));
            var compiled = index.Compile(component["expression"u8].AsString() ?? "");
            if (compiled.Fault is { } fault)
            {
                faults[parameter.Url] = fault;
            }
            else if (its is not null)
            {
                composite.components.Add((its, compiled.Expression!));
            }
        }

        parameter.Components = [.. composite.components.Select(component => component.Parameter)];
        return composite;
    }

    public void Add(in FhirPathValue place, FhirElement resource, TimeSpan offset, List<SearchValue> into)
    {
        if (!MayHaveAll(place))
        {
            return;
        }

        List<SearchValue[]> combinations = [[]];
        var values = new List<SearchValue>();
        foreach (var (component, expression) in components)
        {
            values.Clear();
            var conversion = new SearchConversion(resource, offset, values);
            foreach (var value in expression.Evaluate(place.Element, place.TypeName, resource, resource).Items)
            {
                conversion.Add(component, value);
            }

            combinations = [.. combinations.SelectMany(before => values.Select(value => (SearchValue[])[.. before, value])).Take(MaxCombinations)];
        }

        if (components.Count > 0)
        {
            into.AddRange(combinations.Select(combination => new CompositeValue(parameter, combination)));
        }
    }

    /// <summary>Whether a property of each component is there: most Observations have one type of value, and there are composites for each.</summary>
    private bool MayHaveAll(in FhirPathValue place)
    {
        var element = place.Element;
        var names = namesOf.GetOrAdd(place.TypeName, type => [.. components.Select(component => SearchBranch.NamesIn(component.Expression.Text, type))]);
        foreach (var alternatives in names)
        {
            var found = alternatives.Length == 0;
            for (var i = 0; i < alternatives.Length && !found; i++)
            {
                found = element.Tape!.Find(element.Index, alternatives[i], sibling: false) >= 0;
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }
}
