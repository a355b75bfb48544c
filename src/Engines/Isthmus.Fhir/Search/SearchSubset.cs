using System.Collections.Concurrent;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Search;

/// <summary>Some of the parameters of a <see cref="SearchIndex"/>, taken out of resources as that does.</summary>
public sealed class SearchSubset
{
    private readonly ConcurrentDictionary<string, SearchPlan> plans = new(StringComparer.Ordinal);
    private readonly SearchIndex index;
    private readonly Func<SearchParameter, bool> wanted;

    internal SearchSubset(SearchIndex index, Func<SearchParameter, bool> wanted) => (this.index, this.wanted) = (index, wanted);

    /// <inheritdoc cref="SearchIndex.Extract"/>
    public void Extract(FhirElement resource, TimeSpan offset, List<SearchValue> into)
    {
        if (resource.ResourceType is { } type)
        {
            PlanOf(type).Extract(resource, offset, into);
        }
    }

    /// <summary>Types that do not exist share the plan that takes nothing out, which is not kept by their names.</summary>
    private SearchPlan PlanOf(string type)
    {
        if (plans.TryGetValue(type, out var plan))
        {
            return plan;
        }

        var whole = index.PlanOf(type);
        return ReferenceEquals(whole, SearchPlan.Empty) ? whole : plans.GetOrAdd(type, whole.Only(wanted));
    }
}
