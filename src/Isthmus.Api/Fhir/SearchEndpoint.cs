using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Fhir.Terminology;
using Isthmus.Records;
using Isthmus.Records.Keys;
using Isthmus.Records.Read;
using Isthmus.Records.Search;
using Isthmus.Trust.Access;
using Isthmus.Trust.Consent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;

namespace Isthmus.Api.Fhir;

/// <summary>
/// <c>GET /fhir/{type}?…</c>: what is on record and fits, as far as the caller may see it, a page at a time (R4 http.html#search).
/// </summary>
internal sealed class SearchEndpoint(NpgsqlDataSource source, TenantKeyRing keys, ReadAudit audit, Func<SiteModel> site, TimeProvider time)
{
    /// <summary>Matches on a page where the caller does not say how many.</summary>
    private const int UsualCount = 50;

    private const string Page = "_page";

    private static readonly SearchIndex Index = SearchIndex.Of(DefinitionSet.R4);
    private static readonly TerminologySet Terminology = TerminologySet.Of(DefinitionSet.R4);
    private static readonly SearchMatch Match = new(Terminology);

    private readonly ConsentStore consents = new(source);

    public async Task AnswerAsync(HttpContext call, Admitted admitted)
    {
        var type = admitted.Path["type"];
        var baseUrl = site().Access!.Endpoint("/fhir");
        var given = call.Request.Query.SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? string.Empty))).ToList();
        var (query, faults) = SearchQueryReader.Read(Index, type, [.. given.Where(p => p.Key != Page)], Surroundings(call, baseUrl));
        if (query is null)
        {
            await SearchRefusals.WriteAsync(call, faults);
            return;
        }

        var search = $"{baseUrl}/{type}?{Encoded(query.Heeded)}";
        var tenant = await keys.FindAsync(admitted.Caller!.Tenant, call.RequestAborted);
        var seal = tenant is null ? null : new PageSeal(tenant);
        var pages = given.Where(p => p.Key == Page).ToList();
        var after = pages is [var one] ? seal?.Open(one.Value, admitted.Caller.Client, search) : null;
        if (pages.Count > 0 && after is null)
        {
            await Outcomes.WriteAsync(call, StatusCodes.Status400BadRequest, "invalid", "search.page-unknown", "This page was not given to this client for this search; begin the search again.");
            return;
        }

        if (tenant is null || !ResourceTypes.IsKept(type))
        {
            await WriteAsync(call, query, Nothing, search, null, baseUrl);
            return;
        }

        var count = query.Summary == SearchSummary.Count ? 0 : query.Count ?? UsualCount;
        var authority = new ReadAuthority(admitted.Caller.Client, admitted.Contract!.ConsentPurpose, $"api {admitted.Correlation}");
        try
        {
            var permit = new CallerPermit(admitted, consents, time);
            var answer = await new RecordSearch(source, tenant, audit, Match).SearchAsync(
                new SearchAsk(query, authority, permit.MayReadAsync, count, after), call.RequestAborted);
            var next = answer.Next is { } position ? $"{search}{(query.Heeded.Count > 0 ? "&" : "")}{Page}={seal!.Seal(position, admitted.Caller.Client, search)}" : null;
            await WriteAsync(call, query, answer, search, next, baseUrl);
        }
        catch (SearchTooCostlyException costly)
        {
            await Outcomes.WriteAsync(call, StatusCodes.Status403Forbidden, "too-costly", "search.too-costly", costly.Message);
        }
    }

    private static SearchAnswer Nothing { get; } = new([], [], 0, null, new SearchCost(0, 0, 0));

    private SearchSurroundings Surroundings(HttpContext call, string baseUrl) => new()
    {
        Terminology = Terminology,
        Now = time.GetUtcNow(),
        BaseUrl = baseUrl,
        IsLenient = call.Request.Headers["Prefer"].Any(p => p?.Contains("handling=lenient", StringComparison.OrdinalIgnoreCase) == true),
    };

    private static async Task WriteAsync(HttpContext call, SearchQuery query, SearchAnswer answer, string self, string? next, string baseUrl)
    {
        var body = SearchBundle.Write(query, answer, self, next, baseUrl);
        call.Response.ContentType = "application/fhir+json; charset=utf-8";
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }

    private static string Encoded(IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
}
