using System.Collections.Concurrent;
using Isthmus.Exchange.Contracts;
using Isthmus.Records.Keys;
using Isthmus.Trust.Keys;
using Npgsql;

namespace Isthmus.Api.Fhir;

/// <summary>The tenants' data keys, each unwrapped once.</summary>
internal sealed class TenantKeyRing(NpgsqlDataSource source, KeySource keys, Func<SiteModel> site)
{
    private readonly ConcurrentDictionary<short, TenantKeys> known = new();

    /// <summary>Null as long as nothing was ever written for the tenant.</summary>
    public async Task<TenantKeys?> FindAsync(short tenant, CancellationToken cancellation) =>
        known.TryGetValue(tenant, out var there) ? there
        : await TenantKeys.FindAsync(source, keys, site().Keys.Records, tenant, cancellation) is { } found ? known.GetOrAdd(tenant, found)
        : null;
}
