using System.Collections.Concurrent;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Search;

/// <summary>
/// The search parameters of a set of definitions, ready to be taken out of resources. A type's parameters are compiled when
/// the first resource of that type comes; an expression that many parameters share is compiled and evaluated once.
/// </summary>
public sealed class SearchIndex
{
    private readonly ConcurrentDictionary<string, SearchPlan> plans = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FhirPathCompilation> compiled = new(StringComparer.Ordinal);
    private readonly ILookup<string, FhirElement> byType;
    private readonly DefinitionSet definitions;

    private SearchIndex(DefinitionSet definitions)
    {
        this.definitions = definitions;
        byType = definitions.All("SearchParameter")
            .SelectMany(definition => SearchParameter.Texts(definition["base"u8]).Select(type => (type, definition)))
            .ToLookup(pair => pair.type, pair => pair.definition, StringComparer.Ordinal);
    }

    public static SearchIndex Of(DefinitionSet definitions) => definitions.Cached(set => new SearchIndex(set));

    /// <summary>What a resource type can be searched by, those of all resources included.</summary>
    public IReadOnlyList<SearchParameter> Parameters(string resourceType) => PlanOf(resourceType).Parameters;

    /// <summary>The parameter of that name in a query on that type; null if there is none.</summary>
    public SearchParameter? Find(string resourceType, string code) => PlanOf(resourceType).Parameters.FirstOrDefault(parameter => parameter.Code == code);

    /// <summary>Parameters whose expressions could not be compiled, by url, with the reason: they find nothing.</summary>
    public IReadOnlyDictionary<string, PathFault> Faults(string resourceType) => PlanOf(resourceType).Faults;

    /// <summary>Everything a resource is found by, added to a list, which the caller may use again and again.</summary>
    /// <param name="resource">A resource; anything else gives nothing.</param>
    /// <param name="offset">Where times without an offset were told.</param>
    /// <param name="into">Receives the values, in no order.</param>
    public void Extract(FhirElement resource, TimeSpan offset, List<SearchValue> into)
    {
        if (resource.ResourceType is { } type)
        {
            PlanOf(type).Extract(resource, offset, into);
        }
    }

    /// <summary>Takes out some of the parameters only, for those who need no more and cannot wait.</summary>
    public SearchSubset Only(Func<SearchParameter, bool> wanted) => new(this, wanted);

    internal FhirPathCompilation Compile(string expression) => compiled.GetOrAdd(expression, FhirPath.CompileDefinition);

    internal FhirElement Definition(string canonical) => definitions.Find(canonical);

    internal SearchPlan PlanOf(string type) =>
        plans.TryGetValue(type, out var plan) ? plan
        : FhirSchemaHas(type) ? plans.GetOrAdd(type, SearchPlan.Of(this, type, byType[type].Concat(byType["DomainResource"]).Concat(byType["Resource"])))
        : SearchPlan.Empty;

    /// <summary>Only types that exist get a plan, so that input cannot fill the cache.</summary>
    private static bool FhirSchemaHas(string type) => Schema.FhirSchema.R4.Type(type) is { IsResource: true };
}
