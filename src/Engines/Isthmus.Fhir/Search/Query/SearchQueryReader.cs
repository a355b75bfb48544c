using System.Globalization;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Search.Query;

/// <summary>
/// Reads a search's parameters into what they mean (FHIR R4 search.html). All faults are told at once. What is not understood is refused,
/// since a search that leaves a condition out gives more than was asked for; a lenient caller has unknown parameters reported instead.
/// </summary>
public sealed class SearchQueryReader
{
    /// <summary>Of the standard, and not here.</summary>
    private static readonly string[] Unsupported = ["_text", "_content", "_list", "_query", "_filter", "_type", "_containedType"];

    private readonly SearchIndex index;
    private readonly SearchSurroundings surroundings;
    private readonly CriterionReader criteria;
    private readonly List<SearchFault> faults = [];
    private readonly List<SearchFault> ignored = [];
    private SearchQuery query;

    private SearchQueryReader(SearchIndex index, string type, SearchSurroundings surroundings)
    {
        (this.index, this.surroundings) = (index, surroundings);
        criteria = new CriterionReader(index, surroundings);
        query = new SearchQuery { Type = type, Criteria = [] };
    }

    /// <param name="type">A resource type.</param>
    /// <param name="parameters">Names and values, decoded, in their order.</param>
    public static SearchReading Read(SearchIndex index, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, SearchSurroundings surroundings)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(surroundings);
        var reader = new SearchQueryReader(index, type, surroundings);
        if (parameters.Count > surroundings.Limits.Parameters)
        {
            return new SearchReading(null, [new SearchFault(SearchRules.ParametersTooMany, "")]);
        }

        var heeded = new List<KeyValuePair<string, string>>();
        foreach (var parameter in parameters)
        {
            if (reader.Take(parameter.Key, parameter.Value) is not { } fault)
            {
                heeded.Add(parameter);
            }
            else if (surroundings.IsLenient && (fault == SearchRules.ParameterUnknown || fault == SearchRules.ParameterUnsupported))
            {
                reader.ignored.Add(new SearchFault(fault, NameToShow(parameter.Key)));
            }
            else
            {
                reader.faults.Add(new SearchFault(fault, NameToShow(parameter.Key)));
            }
        }

        return reader.faults.Count > 0
            ? new SearchReading(null, reader.faults)
            : new SearchReading(reader.query with { Heeded = heeded, Ignored = reader.ignored }, []);
    }

    private SearchRule? Take(string name, string value) => name switch
    {
        _ when value.Length > surroundings.Limits.Text => SearchRules.ValueTooLong,
        "_format" or "_pretty" => null,
        "_count" => Count(value),
        "_sort" => Sort(value),
        "_total" => Total(value),
        "_summary" => Summary(value),
        "_elements" => Elements(value),
        "_include" or "_include:iterate" => Include(value, isReverse: false, iterates: name.Length > "_include".Length),
        "_revinclude" or "_revinclude:iterate" => Include(value, isReverse: true, iterates: name.Length > "_revinclude".Length),
        "_contained" => value == "false" ? null : SearchRules.ParameterUnsupported,
        _ when Array.Exists(Unsupported, unsupported => name == unsupported || name.StartsWith(unsupported + ":", StringComparison.Ordinal)) => SearchRules.ParameterUnsupported,
        _ => Criterion(name, value),
    };

    private SearchRule? Criterion(string name, string value)
    {
        var (criterion, fault) = criteria.Read(query.Type, name, value);
        query = criterion is null ? query : query with { Criteria = [.. query.Criteria, criterion] };
        return fault;
    }

    private SearchRule? Count(string value)
    {
        if (query.Count is not null)
        {
            return SearchRules.RepeatedParameter;
        }

        // A number that no integer holds is still only more than a page.
        if (value.Length is 0 or > 20 || value.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return SearchRules.CountInvalid;
        }

        query = query with { Count = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Min(count, surroundings.Limits.PageSize) : surroundings.Limits.PageSize };
        return null;
    }

    private SearchRule? Sort(string value)
    {
        if (query.Sort.Count > 0)
        {
            return SearchRules.RepeatedParameter;
        }

        var keys = new List<SearchSort>();
        foreach (var key in value.Split(','))
        {
            var falls = key.StartsWith('-');
            if (index.Find(query.Type, falls ? key[1..] : key) is not { Kind: not (SearchKind.Composite or SearchKind.Special) } parameter)
            {
                return SearchRules.SortUnknown;
            }

            keys.Add(new SearchSort(parameter, falls));
        }

        query = query with { Sort = keys };
        return keys.Count > surroundings.Limits.SortKeys ? SearchRules.SortUnknown : null;
    }

    private SearchRule? Total(string value)
    {
        SearchTotal? total = value switch { "none" => SearchTotal.None, "estimate" => SearchTotal.Estimate, "accurate" => SearchTotal.Accurate, _ => null };
        var fault = total is null ? SearchRules.ChoiceInvalid : query.Total is not null ? SearchRules.RepeatedParameter : null;
        query = query with { Total = total };
        return fault;
    }

    private SearchRule? Summary(string value)
    {
        SearchSummary? summary = value switch
        {
            "false" => SearchSummary.False,
            "true" => SearchSummary.True,
            "text" => SearchSummary.Text,
            "data" => SearchSummary.Data,
            "count" => SearchSummary.Count,
            _ => null,
        };
        query = query with { Summary = summary ?? SearchSummary.False };
        return summary is null ? SearchRules.ChoiceInvalid : null;
    }

    private SearchRule? Elements(string value)
    {
        var names = value.Split(',');
        if (Array.Exists(names, name => name.Length is 0 or > 64 || name.AsSpan().ContainsAnyExcept(SearchNames.Letters)))
        {
            return SearchRules.ValueInvalid;
        }

        query = query with { Elements = [.. query.Elements, .. names] };
        return null;
    }

    private SearchRule? Include(string value, bool isReverse, bool iterates)
    {
        var parts = value.Split(':');
        if (query.Includes.Count == surroundings.Limits.Includes)
        {
            return SearchRules.IncludesTooMany;
        }

        if (parts.Length is < 2 or > 3 || FhirSchema.R4.Type(parts[0]) is not { IsResource: true } || (parts.Length == 3 && FhirSchema.R4.Type(parts[2]) is not { IsResource: true }))
        {
            return SearchRules.IncludeInvalid;
        }

        var reference = parts[1] == "*" ? null : index.Find(parts[0], parts[1]);
        if (parts[1] != "*" && reference is not { Kind: SearchKind.Reference })
        {
            return SearchRules.IncludeInvalid;
        }

        query = query with { Includes = [.. query.Includes, new SearchInclude(parts[0], reference, parts.Length == 3 ? parts[2] : null, isReverse, iterates)] };
        return null;
    }

    /// <summary>A name as far as it can be one: what stands there is the caller's and may be anything.</summary>
    private static string NameToShow(string name) => name.Length > 64 || name.AsSpan().ContainsAnyExcept(SearchNames.Characters) ? "" : name;
}
