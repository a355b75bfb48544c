using System.Text;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Facts;

namespace Isthmus.Records.Search;

/// <summary>
/// Makes conditions on other resources into conditions on the type searched: a chain becomes the references it may lead through, a
/// <c>_has</c> the ids that are referred to. What may not be seen leads nowhere.
/// </summary>
internal sealed class Linking(RecordSearch search, SearchRun run, SearchBounds bounds)
{
    private static readonly SearchOrder Unordered = new([]);

    /// <summary>The search with plain conditions only; null where nothing can fit.</summary>
    public async Task<SearchQuery?> ResolveAsync(SearchQuery query, int links, CancellationToken cancellation)
    {
        if (!query.Criteria.Any(c => c is ChainCriterion or HasCriterion))
        {
            return query;
        }

        var plain = new List<SearchCriterion>();
        foreach (var criterion in query.Criteria)
        {
            var resolved = criterion switch
            {
                ChainCriterion chain => await ReferencesAsync(chain, links, cancellation),
                HasCriterion has => await IdsAsync(query.Type, has, links, cancellation),
                _ => criterion,
            };
            if (resolved is null)
            {
                return null;
            }

            plain.Add(resolved);
        }

        return query with { Criteria = plain };
    }

    private async Task<ValueCriterion?> ReferencesAsync(ChainCriterion chain, int links, CancellationToken cancellation)
    {
        var leadTo = new List<SearchOperand>();
        foreach (var (type, asked) in chain.Targets)
        {
            foreach (var found in await FindAsync(type, asked, links, cancellation))
            {
                leadTo.Add(new ReferenceOperand(type, found.Resource.Id.ToString("D"), null, ""));
            }
        }

        return leadTo.Count == 0 ? null : new ValueCriterion(chain.Reference, SearchModifier.None, leadTo);
    }

    private async Task<ValueCriterion?> IdsAsync(string type, HasCriterion has, int links, CancellationToken cancellation)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var values = new List<SearchValue>();
        foreach (var found in await FindAsync(has.Type, has.Asked, links, cancellation))
        {
            values.Clear();
            FactParameters.Index.Extract(FhirJsonReader.Read(found.Resource.Json.Reveal()).Root, TimeSpan.Zero, values);
            ids.UnionWith(values.OfType<ReferenceValue>().Where(v => v.Parameter == has.Reference && v.Target.Type == type).Select(v => v.Target.Id).OfType<string>());
        }

        return ids.Count == 0 ? null : new ValueCriterion(
            FactParameters.Index.Find(type, "_id")!, SearchModifier.None, [.. ids.Select(id => new TokenOperand(null, Encoding.UTF8.GetBytes(id)))]);
    }

    private async Task<List<RecordSearch.Match>> FindAsync(string type, SearchCriterion asked, int links, CancellationToken cancellation)
    {
        var found = await search.FindAsync(
            run, new SearchQuery { Type = type, Criteria = [asked] }, Unordered, null, bounds.Linked + 1, links + 1, cancellation);
        return found.Count <= bounds.Linked ? found : throw new SearchTooCostlyException();
    }
}
