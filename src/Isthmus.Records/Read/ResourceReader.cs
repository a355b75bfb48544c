using System.Security.Cryptography;
using Isthmus.Exchange;
using Isthmus.Exchange.Phi;
using Isthmus.Records.Keys;
using Isthmus.Trust.Keys;
using Npgsql;

namespace Isthmus.Records.Read;

/// <summary>
/// Which of what was found may be seen, in the same order. It is asked of everything that could show in an answer, before anything is
/// counted, sorted or parted into pages.
/// </summary>
public delegate Task<IReadOnlyList<bool>> ReadPermit(IReadOnlyList<StoredResource> found, CancellationToken cancellation);

/// <summary>
/// Reads single resources: the current version, one that was, or all. What may not be seen looks to the caller like what is not there, and
/// is on record as held back.
/// </summary>
/// <param name="source">A login that may read records.</param>
public sealed class ResourceReader(NpgsqlDataSource source, TenantKeys keys, ReadAudit audit)
{
    // A version that came too late to be current was never what the resource was, and is none of its history.
    private const string Versions =
        """
        SELECT r.version, r.start, r.length, p.id, p.message_id, p.person, p.salt, p.body, p.created
        FROM phi.resource r JOIN phi.pack p ON p.id = r.pack
        WHERE r.id = $1 AND r.type = $2 AND r.tenant = $3 AND p.tenant = $3 AND NOT r.stale
        """;

    /// <summary>The current version; null where there is none that may be seen.</summary>
    /// <exception cref="NpgsqlException">The store did not answer, or the read is not on record.</exception>
    public Task<StoredResource?> ReadAsync(string type, Guid id, ReadAuthority authority, ReadPermit permit, CancellationToken cancellation) =>
        OneAsync(type, id, null, authority, permit, cancellation);

    /// <summary>A version that is or was current.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public Task<StoredResource?> ReadVersionAsync(string type, Guid id, int version, ReadAuthority authority, ReadPermit permit, CancellationToken cancellation) =>
        OneAsync(type, id, version, authority, permit, cancellation);

    /// <summary>The versions before one, the newest first; none where none may be seen.</summary>
    /// <param name="before">Versions from this one on are left out; null for none.</param>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<IReadOnlyList<StoredResource>> HistoryAsync(
        string type, Guid id, int? before, int most, ReadAuthority authority, ReadPermit permit, CancellationToken cancellation)
    {
        var seen = new List<StoredResource>();
        PersonId? person = null;
        for (var isLast = false; !isLast && seen.Count < most;)
        {
            // Versions that may not be seen make no page shorter, so that none behind them is lost.
            var found = await FindAsync(type, id, $"{Versions} AND r.version < $4 ORDER BY r.version DESC LIMIT $5", [before ?? int.MaxValue, most], cancellation);
            var may = found.Count == 0 ? [] : await permit(found, cancellation);
            seen.AddRange(found.Where((_, i) => may[i]).Take(most - seen.Count));
            (person, isLast) = (found.Count == 0 ? person : found[0].Person, found.Count < most);
            before = found.Count == 0 ? before : found[^1].Version;
        }

        await RecordAsync(type, id, authority, person, isGiven: seen.Count > 0);
        return seen;
    }

    private async Task<StoredResource?> OneAsync(string type, Guid id, int? version, ReadAuthority authority, ReadPermit permit, CancellationToken cancellation)
    {
        var found = version is { } wanted
            ? await FindAsync(type, id, $"{Versions} AND r.version = $4", [wanted], cancellation)
            : await FindAsync(type, id, $"{Versions} ORDER BY r.version DESC LIMIT 1", [], cancellation);
        var seen = found.Count > 0 && (await permit(found, cancellation))[0];
        await RecordAsync(type, id, authority, found.Count == 0 ? null : found[0].Person, seen);
        return seen ? found[0] : null;
    }

    private Task RecordAsync(string type, Guid id, ReadAuthority authority, PersonId? person, bool isGiven) => audit.RecordAsync(
        keys.Tenant, authority, $"{type}/{id}", isGiven ? "given" : person is null ? "absent" : "held-back", person is { } one ? [one] : []);

    /// <exception cref="AuthenticationTagMismatchException">A row was changed or moved.</exception>
    private async Task<List<StoredResource>> FindAsync(string type, Guid id, string sql, int[] more, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = ResourceTypes.NumberOf(type) });
        command.Parameters.Add(new() { Value = keys.Tenant });
        foreach (var parameter in more)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        var found = new List<StoredResource>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var person = row.GetGuid(5);
            var bound = PackCipher.Bound(keys.Tenant, row.GetInt64(3), row.GetInt64(4), person);
            var pack = Compression.Unpack(PackCipher.Decrypt(keys, row.GetFieldValue<byte[]>(7), row.GetFieldValue<byte[]>(6), bound));
            found.Add(new StoredResource(type, id, row.GetInt32(0), new PersonId(person), new PhiBytes(pack.AsMemory(row.GetInt32(1), row.GetInt32(2))))
            {
                Committed = row.GetFieldValue<DateTimeOffset>(8),
            });
        }

        return found;
    }
}
