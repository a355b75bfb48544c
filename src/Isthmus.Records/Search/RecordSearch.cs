using System.Text;
using Isthmus.Exchange.Phi;
using Isthmus.Exchange;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Facts;
using Isthmus.Records.Keys;
using Isthmus.Records.Read;
using Npgsql;

namespace Isthmus.Records.Search;

/// <summary>
/// Searches the current versions of a tenant's resources.
/// <para>
/// 1. Chains and <c>_has</c> become conditions on this type. 2. The index narrows to packs. 3. Facts rule out resources. 4. Those whose
/// version is the current one are opened, and the search is held against the resource itself. 5. What may not be seen is left out.
/// 6. The rest is sorted, counted and cut to a page. 7. What comes with the page is fetched by the same way. 8. The read goes on record.
/// </para>
/// Authority stands before all that could tell of it (5 before 6, and within 1 and 7), so that what is held back is as if it were not there.
/// </summary>
public sealed class RecordSearch
{
    private readonly TenantKeys keys;
    private readonly ReadAudit audit;
    private readonly SearchMatch match;
    private readonly SearchBounds bounds;
    private readonly SearchTokens tokens;
    private readonly SearchRows rows;
    private readonly PackOpener opener;

    /// <param name="source">A login that may read records.</param>
    /// <exception cref="SearchTooCostlyException">Of every search that is.</exception>
    public RecordSearch(NpgsqlDataSource source, TenantKeys keys, ReadAudit audit, SearchMatch match, SearchBounds? bounds = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        (this.keys, this.audit, this.match, this.bounds) = (keys, audit, match, bounds ?? SearchBounds.Default);
        tokens = new SearchTokens(keys.SearchKey);
        rows = new SearchRows(source, keys, this.bounds);
        opener = new PackOpener(source, keys);
    }

    /// <exception cref="SearchTooCostlyException">It would take more than its bounds.</exception>
    /// <exception cref="NpgsqlException">The store did not answer, or the read is not on record.</exception>
    public async Task<SearchAnswer> SearchAsync(SearchAsk ask, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var run = new SearchRun(ask.Permit);
        var wantsAll = ask.Query.Sort.Count > 0 || ask.Query.Total == SearchTotal.Accurate || ask.Query.Summary == SearchSummary.Count || ask.Count == 0;
        var order = new SearchOrder(ask.Query.Sort);

        // Without an order to bring them into, those after the position are simply the older ones.
        var resumeAt = wantsAll ? null : ask.After;
        var found = await FindAsync(run, ask.Query, order, resumeAt, wantsAll ? int.MaxValue : ask.Count + 1, links: 0, cancellation);
        if (wantsAll)
        {
            found.Sort((one, other) => Compare(order, one, other));
        }

        var total = wantsAll ? found.Count : (int?)null;
        var rest = wantsAll && ask.After is { } after ? found.Where(match => Compare(order, match, after) > 0).ToList() : found;
        var page = rest.Take(ask.Count).ToList();
        var next = rest.Count > page.Count && page.Count > 0 ? page[^1].Position : null;
        var included = await new Inclusion(this, run, ask.Query).OfAsync([.. page.Select(p => p.Resource)], cancellation);
        StoredResource[] matches = [.. page.Select(p => p.Resource)];
        PersonId[] persons = [.. matches.Concat(included).Where(r => !ResourceTypes.IsShared(r.Type)).Select(r => r.Person).Distinct()];
        await audit.RecordAsync(keys.Tenant, ask.Authority, ask.Query.Type, persons.Length > 0 ? "given" : "absent", persons);
        return new SearchAnswer(matches, included, ask.Query.Total == SearchTotal.None ? null : total, next, new SearchCost(run.Rows, run.Fitting, run.Opened));
    }

    /// <summary>Everything that fits and may be seen, as far as <paramref name="most"/>.</summary>
    internal async Task<List<Match>> FindAsync(
        SearchRun run, SearchQuery query, SearchOrder order, SearchPosition? after, int most, int links, CancellationToken cancellation)
    {
        var found = new List<Match>();
        if (!ResourceTypes.IsKept(query.Type) || await new Linking(this, run, bounds).ResolveAsync(query, links, cancellation) is not { } plain)
        {
            return found;
        }

        Narrowing[] narrowings = [.. plain.Criteria.Select(c => Narrowing.Of(c, tokens)).OfType<Narrowing>()];
        var filter = new FactsFilter(plain, tokens);
        var before = after is null ? long.MaxValue : after.Pack + 1;
        while (found.Count < most)
        {
            var narrowed = await rows.NarrowAsync(narrowings, before, cancellation);
            var isLast = narrowed.Count <= bounds.Rows;
            run.Look(narrowed.Count, bounds);
            await AddFittingAsync(run, plain, order, filter, narrowed, after, most, found, cancellation);
            if (isLast)
            {
                break;
            }

            before = narrowed[^1].Pack;
        }

        return found;
    }

    private async Task AddFittingAsync(
        SearchRun run, SearchQuery query, SearchOrder order, FactsFilter filter, List<SearchRow> narrowed, SearchPosition? after, int most, List<Match> found,
        CancellationToken cancellation)
    {
        const int Step = 64;
        var fitting = narrowed
            .SelectMany(row => FactsBlock.Read(row.Tokens, row.Facts).Where(filter.MayFit).Select(facts => (Row: row, Facts: facts)))
            .Where(f => after is null || f.Row.Pack < after.Pack || f.Facts.Place > after.Place);
        foreach (var some in fitting.Chunk(most == int.MaxValue ? bounds.Opened : Math.Max(Step, most)))
        {
            run.Fitting += some.Length;
            var current = await rows.AreCurrentAsync([.. some.Select(f => f.Facts)], cancellation);
            (SearchRow Row, FactsOfResource Facts)[] standing = [.. some.Where((_, i) => current[i])];
            run.Open(standing.Length, bounds);
            var packs = await opener.OpenAsync(standing.Select(f => f.Row.Pack), cancellation);
            var matches = new List<Match>();
            foreach (var (row, facts) in standing)
            {
                // A pack that was erased meanwhile has nothing more to show.
                if (packs.TryGetValue(row.Pack, out var resources) && Held(query, order, row, facts, resources[facts.Place].Json) is { } held)
                {
                    matches.Add(held);
                }
            }

            var seen = await run.MaySeeAsync([.. matches.Select(m => m.Resource)], cancellation);
            found.AddRange(matches.Where((_, i) => seen[i]));
            if (found.Count >= most)
            {
                return;
            }
        }
    }

    /// <summary>The resource, if the search fits it and not only its facts.</summary>
    private Match? Held(SearchQuery query, SearchOrder order, SearchRow row, FactsOfResource facts, ReadOnlyMemory<byte> json)
    {
        var values = new List<SearchValue>();
        FactParameters.Index.Extract(FhirJsonReader.Read(json).Root, TimeSpan.Zero, values);

        // When it was last changed is the store's to say, whatever its sender says.
        values.RemoveAll(v => v.Parameter.Code == "_lastUpdated");
        var at = new DateTimeOffset(row.Committed.UtcTicks - (row.Committed.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        values.Add(new DateValue(FactParameters.Index.Find(query.Type, "_lastUpdated")!, at, at.AddMilliseconds(1)));
        foreach (var criterion in query.Criteria)
        {
            if (!match.Fits(criterion, values))
            {
                return null;
            }
        }

        var resource = new StoredResource(query.Type, facts.Id, facts.Version, new PersonId(row.Person), new PhiBytes(json)) { Committed = at };
        return new Match(resource, new SearchPosition(order.KeysOf(values), row.Pack, facts.Place));
    }

    private static int Compare(SearchOrder order, Match one, Match other) => Compare(order, one, other.Position);

    /// <summary>By what was asked for, then the newest first, then as they lie in their pack: the order is total.</summary>
    private static int Compare(SearchOrder order, Match one, SearchPosition other)
    {
        var position = one.Position;
        var byKeys = order.Compare(position.Keys, other.Keys);
        return byKeys != 0 ? byKeys
            : position.Pack != other.Pack ? other.Pack.CompareTo(position.Pack)
            : position.Place.CompareTo(other.Place);
    }

    /// <summary>A resource that fits, and where it stands among the others.</summary>
    internal sealed record Match(StoredResource Resource, SearchPosition Position);
}

/// <summary>One search under way: what it may see, and what it took so far.</summary>
internal sealed class SearchRun(ReadPermit permit)
{
    public int Rows { get; private set; }

    public int Fitting { get; set; }

    public int Opened { get; private set; }

    public void Look(int rows, SearchBounds bounds) => Rows = Within(Rows + Math.Min(rows, bounds.Rows), bounds.Rows);

    public void Open(int resources, SearchBounds bounds) => Opened = Within(Opened + resources, bounds.Opened);

    public async Task<IReadOnlyList<bool>> MaySeeAsync(IReadOnlyList<StoredResource> found, CancellationToken cancellation) =>
        found.Count == 0 ? [] : await permit(found, cancellation);

    private static int Within(int count, int bound) => count <= bound ? count : throw new SearchTooCostlyException();
}
