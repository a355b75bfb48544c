using System.Globalization;
using Isthmus.Exchange.Contracts;
using Isthmus.Records;
using Isthmus.Records.Read;
using Isthmus.Trust.Access;
using Isthmus.Trust.Consent;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Isthmus.Api.Fhir;

/// <summary>
/// One resource as it is on record, as it was in a version, or with all its versions (R4 http.html#read, #vread, #history), where scope,
/// restriction and consent let the caller see it. What the caller may not see is answered as what is not there.
/// </summary>
internal sealed class ReadEndpoint(NpgsqlDataSource source, TenantKeyRing keys, ReadAudit audit, Func<SiteModel> site, TimeProvider time)
{
    private const int UsualCount = 50;
    private const int MostCount = 1000;

    private readonly ConsentStore consents = new(source);

    /// <summary><c>GET /fhir/{type}/{id}</c></summary>
    public async Task ReadAsync(HttpContext call, Admitted admitted)
    {
        var found = await FindAsync(admitted, (reader, type, id, authority, permit) => reader.ReadAsync(type, id, authority, permit, call.RequestAborted), call.RequestAborted);
        await AnswerAsync(call, found);
    }

    /// <summary><c>GET /fhir/{type}/{id}/_history/{version}</c></summary>
    public async Task ReadVersionAsync(HttpContext call, Admitted admitted)
    {
        var found = VersionOf(admitted.Path["version"]) is not { } version ? null : await FindAsync(
            admitted, (reader, type, id, authority, permit) => reader.ReadVersionAsync(type, id, version, authority, permit, call.RequestAborted), call.RequestAborted);
        await AnswerAsync(call, found);
    }

    /// <summary><c>GET /fhir/{type}/{id}/_history</c></summary>
    public async Task HistoryAsync(HttpContext call, Admitted admitted)
    {
        var count = call.Request.Query["_count"] is [{ } text] && VersionOf(text) is { } asked ? Math.Min(asked, MostCount) : UsualCount;
        var before = call.Request.Query["_page"] is [{ } page] ? VersionOf(page) : null;
        var found = await FindAsync<IReadOnlyList<StoredResource>>(
            admitted, async (reader, type, id, authority, permit) => await reader.HistoryAsync(type, id, before, count + 1, authority, permit, call.RequestAborted), call.RequestAborted);
        if (found is not { Count: > 0 })
        {
            await NotFoundAsync(call);
            return;
        }

        var body = HistoryBundle.Write([.. found.Take(count)], site().Access!.Endpoint("/fhir"), found.Count > count ? count : null);
        await WriteAsync(call, body);
    }

    private static async Task AnswerAsync(HttpContext call, StoredResource? found)
    {
        if (found is null)
        {
            await NotFoundAsync(call);
            return;
        }

        var etag = string.Create(CultureInfo.InvariantCulture, $"W/\"{found.Version}\"");
        call.Response.Headers.ETag = etag;
        call.Response.Headers.LastModified = found.Committed.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        if (call.Request.Headers.IfNoneMatch.Contains(etag))
        {
            call.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await WriteAsync(call, StoredJson.Of(found));
    }

    private static async Task WriteAsync(HttpContext call, ReadOnlyMemory<byte> body)
    {
        call.Response.ContentType = "application/fhir+json; charset=utf-8";
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }

    private static Task NotFoundAsync(HttpContext call) => Outcomes.WriteAsync(
        call, StatusCodes.Status404NotFound, "not-found", "fhir.not-found", "There is no such resource, or none that this client may see.");

    private static int? VersionOf(string text) =>
        text.Length <= 9 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version : null;

    private async Task<T?> FindAsync<T>(
        Admitted admitted, Func<ResourceReader, string, Guid, ReadAuthority, ReadPermit, Task<T?>> read, CancellationToken cancellation)
        where T : class
    {
        // Ids of this store are UUIDs in small letters; no other spelling is an id of it.
        var type = admitted.Path["type"];
        if (!ResourceTypes.IsKept(type) || !Guid.TryParseExact(admitted.Path["id"], "D", out var id) || admitted.Path["id"] != id.ToString("D"))
        {
            return null;
        }

        var tenant = await keys.FindAsync(admitted.Caller!.Tenant, cancellation);
        return tenant is null ? null : await read(
            new ResourceReader(source, tenant, audit), type, id,
            new ReadAuthority(admitted.Caller.Client, admitted.Contract!.ConsentPurpose, $"api {admitted.Correlation}"),
            new CallerPermit(admitted, consents, time).MayReadAsync);
    }
}
