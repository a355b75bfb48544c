using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Search;

/// <summary>How the values of one resource type are taken out: each expression once, and only where its first property is present.</summary>
internal sealed class SearchPlan
{
    /// <summary>What an expression gave, for a thread to use again.</summary>
    [ThreadStatic]
    private static List<FhirPathValue>? values;

    private readonly Step[] steps;

    private SearchPlan(IReadOnlyList<SearchParameter> parameters, Step[] steps, IReadOnlyDictionary<string, PathFault> faults)
    {
        Parameters = parameters;
        this.steps = steps;
        Faults = faults;
    }

    public static SearchPlan Empty { get; } = new([], [], new Dictionary<string, PathFault>(StringComparer.Ordinal));

    public IReadOnlyList<SearchParameter> Parameters { get; }

    public IReadOnlyDictionary<string, PathFault> Faults { get; }

    public static SearchPlan Of(SearchIndex index, string type, IEnumerable<FhirElement> definitions)
    {
        var parameters = new List<SearchParameter>();
        var steps = new Dictionary<string, Step>(StringComparer.Ordinal);
        var faults = new Dictionary<string, PathFault>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            if (SearchParameter.Of(definition) is not { } parameter || definition["expression"u8].AsString() is not { } expression || parameters.Exists(other => other.Code == parameter.Code))
            {
                continue;
            }

            parameters.Add(parameter);
            var components = parameter.Kind == SearchKind.Composite ? SearchComposite.Of(index, parameter, definition, faults) : null;
            foreach (var branch in SearchBranch.Of(expression, type))
            {
                if (index.Compile(branch.Text) is { Expression: { } compiled })
                {
                    steps.TryAdd(branch.Text, new Step(compiled, branch.FirstNames, []));
                    steps[branch.Text].Uses.Add(new Use(parameter, branch.Target, components));
                }
                else
                {
                    faults[parameter.Url] = index.Compile(branch.Text).Fault!;
                }
            }
        }

        return new SearchPlan(parameters, [.. steps.Values], faults);
    }

    /// <summary>The same parameters, of which only some are taken out.</summary>
    public SearchPlan Only(Func<SearchParameter, bool> wanted) => new(
        Parameters, [.. steps.Select(step => step with { Uses = [.. step.Uses.Where(use => wanted(use.Parameter))] }).Where(step => step.Uses.Count > 0)], Faults);

    public void Extract(FhirElement resource, TimeSpan offset, List<SearchValue> into)
    {
        // The names of the resource's own properties, one bit each.
        Span<ulong> present = stackalloc ulong[(FhirNames.Count + 63) / 64];
        present.Clear();
        var tape = resource.Tape!;
        for (var child = tape.Nodes[resource.Index].First; child >= 0; child = tape.Nodes[child].Next)
        {
            if (tape.Nodes[child].Name is >= 0 and var name)
            {
                present[name >> 6] |= 1ul << name;
            }
        }

        var found = values ??= [];
        var conversion = new SearchConversion(resource, offset, into);
        foreach (var step in steps)
        {
            if (!IsPresent(step.FirstNames, present))
            {
                continue;
            }

            found.Clear();
            step.Expression.Evaluate(resource, found);
            foreach (var value in found)
            {
                foreach (var use in step.Uses)
                {
                    if (use.Components is not null)
                    {
                        use.Components.Add(value, resource, offset, into);
                    }
                    else if (use.Target is null || ReferenceTarget.IsOf(value.Element, resource, use.Target))
                    {
                        conversion.Add(use.Parameter, value);
                    }
                }
            }
        }
    }

    private static bool IsPresent(int[] names, ReadOnlySpan<ulong> present)
    {
        foreach (var name in names)
        {
            if ((present[name >> 6] & (1ul << name)) != 0)
            {
                return true;
            }
        }

        return names.Length == 0;
    }

    private sealed record Step(FhirPathExpression Expression, int[] FirstNames, List<Use> Uses);

    private sealed record Use(SearchParameter Parameter, string? Target, SearchComposite? Components);
}
