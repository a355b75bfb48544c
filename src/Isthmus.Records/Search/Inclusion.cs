using System.Text;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Facts;
using Isthmus.Records.Read;

namespace Isthmus.Records.Search;

/// <summary>
/// What comes with a page of matches: what they refer to, and what refers to them, in turn where the inclusion iterates. Nothing comes
/// twice, so that a cycle ends by itself; the bound ends everything else.
/// </summary>
internal sealed class Inclusion(RecordSearch search, SearchRun run, SearchQuery query, int most = 1_000)
{
    private static readonly SearchOrder Unordered = new([]);

    private readonly HashSet<string> present = new(StringComparer.Ordinal);
    private readonly List<StoredResource> included = [];

    public async Task<IReadOnlyList<StoredResource>> OfAsync(IReadOnlyList<StoredResource> matches, CancellationToken cancellation)
    {
        present.UnionWith(matches.Select(Name));
        var from = matches;
        for (var round = 0; from.Count > 0; round++)
        {
            var start = included.Count;
            foreach (var inclusion in query.Includes.Where(i => round == 0 || i.Iterates))
            {
                await AddAsync(inclusion, from, cancellation);
            }

            from = included[start..];
        }

        return included;
    }

    private Task AddAsync(SearchInclude inclusion, IReadOnlyList<StoredResource> from, CancellationToken cancellation) =>
        inclusion.IsReverse ? AddReferringAsync(inclusion, from, cancellation) : AddReferredAsync(inclusion, from, cancellation);

    private async Task AddReferredAsync(SearchInclude inclusion, IReadOnlyList<StoredResource> from, CancellationToken cancellation)
    {
        var targets = new HashSet<(string Type, string Id)>();
        var values = new List<SearchValue>();
        foreach (var resource in from.Where(r => r.Type == inclusion.Source))
        {
            values.Clear();
            FactParameters.Index.Extract(FhirJsonReader.Read(resource.Json.Reveal()).Root, TimeSpan.Zero, values);
            foreach (var reference in values.OfType<ReferenceValue>())
            {
                if ((inclusion.Reference is null || reference.Parameter == inclusion.Reference)
                    && reference.Target is { Type: { } type, Id: { } id } && (inclusion.Target is null || type == inclusion.Target)
                    && reference.Reference.Text.IndexOf("://"u8) < 0)
                {
                    targets.Add((type, id));
                }
            }
        }

        foreach (var type in targets.GroupBy(t => t.Type, t => t.Id, StringComparer.Ordinal).Where(t => ResourceTypes.IsKept(t.Key)))
        {
            var ids = type.Where(id => !present.Contains($"{type.Key}/{id}")).Select(id => new TokenOperand(null, Encoding.UTF8.GetBytes(id))).ToArray();
            if (ids.Length > 0)
            {
                await AddAsync(type.Key, new ValueCriterion(FactParameters.Index.Find(type.Key, "_id")!, SearchModifier.None, ids), cancellation);
            }
        }
    }

    private async Task AddReferringAsync(SearchInclude inclusion, IReadOnlyList<StoredResource> from, CancellationToken cancellation)
    {
        IEnumerable<SearchParameter> references = inclusion.Reference is { } one
            ? [one]
            : FactParameters.Index.Parameters(inclusion.Source).Where(p => p.Kind == SearchKind.Reference);
        var targets = from.Where(r => inclusion.Target is null || r.Type == inclusion.Target)
            .Select(r => new ReferenceOperand(r.Type, r.Id.ToString("D"), null, "")).ToArray();
        if (targets.Length > 0 && ResourceTypes.IsKept(inclusion.Source))
        {
            foreach (var reference in references)
            {
                await AddAsync(inclusion.Source, new ValueCriterion(reference, SearchModifier.None, targets), cancellation);
            }
        }
    }

    private async Task AddAsync(string type, SearchCriterion criterion, CancellationToken cancellation)
    {
        var found = await search.FindAsync(run, new SearchQuery { Type = type, Criteria = [criterion] }, Unordered, null, most + 1, links: 0, cancellation);
        foreach (var resource in found.Select(f => f.Resource).Where(r => present.Add(Name(r))))
        {
            included.Add(resource);
        }

        if (found.Count > most || included.Count > most)
        {
            throw new SearchTooCostlyException();
        }
    }

    private static string Name(StoredResource resource) => $"{resource.Type}/{resource.Id:D}";
}
