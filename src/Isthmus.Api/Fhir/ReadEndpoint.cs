using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Records;
using Isthmus.Records.Keys;
using Isthmus.Records.Read;
using Isthmus.Trust.Access;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Isthmus.Api.Fhir;

/// <summary>
/// <c>GET /fhir/{type}/{id}</c>: one resource as it is on record, where scope, restriction and consent let the caller see it. What the
/// caller may not see is answered as what is not there.
/// </summary>
internal sealed class ReadEndpoint(NpgsqlDataSource source, KeySource keys, Func<SiteModel> site, TimeProvider time)
{
    private readonly ConsentStore consents = new(source);
    private volatile TenantKeys? tenantKeys;

    public async Task AnswerAsync(HttpContext call, Admitted admitted)
    {
        var type = admitted.Path["type"];
        if (await FindAsync(type, admitted, call.RequestAborted) is not { } found)
        {
            await Outcomes.WriteAsync(call, StatusCodes.Status404NotFound, "not-found", "fhir.not-found", "There is no such resource, or none that this client may see.");
            return;
        }

        call.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"W/\"{found.Version}\"");
        call.Response.ContentType = "application/fhir+json; charset=utf-8";
        call.Response.ContentLength = found.Json.Length;
        await call.Response.Body.WriteAsync(found.Json.Reveal(), call.RequestAborted);
    }

    private async Task<StoredResource?> FindAsync(string type, Admitted admitted, CancellationToken cancellation)
    {
        // Ids of this store are UUIDs in small letters; no other spelling is an id of it.
        if (!ResourceTypes.IsKept(type) || !Guid.TryParseExact(admitted.Path["id"], "D", out var id) || admitted.Path["id"] != id.ToString("D"))
        {
            return null;
        }

        var tenant = await KeysAsync(admitted.Caller!.Tenant, cancellation);
        return tenant is null ? null : await new RecordReader(source, tenant).ReadAsync(
            type,
            id,
            new ReadAuthority(admitted.Caller.Client, admitted.Contract!.ConsentPurpose, $"api {admitted.Correlation}"),
            (found, cancel) => MayReadAsync(found, admitted, cancel),
            cancellation);
    }

    private async Task<TenantKeys?> KeysAsync(short tenant, CancellationToken cancellation) =>
        tenantKeys is { } known && known.Tenant == tenant
            ? known
            : tenantKeys = await TenantKeys.FindAsync(source, keys, site().Keys.Records, tenant, cancellation);

    private async Task<bool> MayReadAsync(StoredResource found, Admitted admitted, CancellationToken cancellation)
    {
        if (admitted.Decision!.Restrictions.TryGetValue(found.Type, out var restrictions) && !RestrictionMatch.Fits(found.Json.Reveal(), restrictions))
        {
            return false;
        }

        // What is about nobody needs nobody's consent.
        if (ResourceTypes.IsShared(found.Type))
        {
            return true;
        }

        var directives = await consents.LoadAsync(admitted.Caller!.Tenant, [found.Person], cancellation);
        var contract = admitted.Contract!;
        return ConsentDecider.Decide(contract.Policy, directives.GetValueOrDefault(found.Person, []), new ConsentRequest
        {
            Persons = new HashSet<PersonId> { found.Person },
            Purpose = contract.ConsentPurpose,
            Recipient = [$"Device/{admitted.Caller.Client}", $"Device/{contract.Name}"],
            Action = "access",
            Data = [ResourceFacts.Of(found)],
            Jurisdiction = contract.Policy?.Jurisdiction ?? string.Empty,
            At = time.GetUtcNow(),
        }).Permits;
    }
}
