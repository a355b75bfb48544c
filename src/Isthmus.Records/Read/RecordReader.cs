using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Exchange.Packs;
using Isthmus.Exchange.Phi;
using Isthmus.Records.Keys;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Records.Read;

/// <summary>Under whose right and for what a record is read; it goes into the audit of the read.</summary>
/// <param name="Actor">The person's login or the service.</param>
/// <param name="Purpose">v3 PurposeOfUse code, e.g. <c>TREAT</c>.</param>
/// <param name="Reason">Why, in a few words without patient data.</param>
public sealed record ReadAuthority(string Actor, string Purpose, string Reason);

/// <summary>Reads canonical resources. The audit event is committed before anything is returned: no audit, no access.</summary>
public sealed class RecordReader(NpgsqlDataSource source, TenantKeys keys)
{
    /// <summary>The resources that one message committed, as they were then.</summary>
    public async Task<IReadOnlyList<PackedResource>> ReadMessageAsync(long messageId, ReadAuthority authority, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var packs = new List<(long Id, Guid Person, byte[] Salt, byte[] Body)>();
        await using (var command = new NpgsqlCommand(
            "SELECT id, person, salt, body FROM phi.pack WHERE message_id = $1 AND tenant = $2 ORDER BY id", connection))
        {
            command.Parameters.AddWithValue(messageId);
            command.Parameters.AddWithValue(keys.Tenant);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                packs.Add((reader.GetInt64(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3)));
            }
        }

        await AuditAsync(connection, messageId, [.. packs.Select(p => p.Person).Distinct()], authority, cancellation);
        await transaction.CommitAsync(cancellation);

        return [.. packs.SelectMany(p => ResourcePack.Read(Compression.Unpack(
            PackCipher.Decrypt(keys, p.Body, p.Salt, PackCipher.Bound(keys.Tenant, p.Id, messageId, p.Person)))))];
    }

    /// <summary>The current version of a resource; null where there is none, or <paramref name="mayRead"/> does not let it be seen.</summary>
    /// <param name="mayRead">
    /// Decides over what was found, consent above all. What it holds back looks to the caller like what is not there, and is on record as
    /// held back.
    /// </param>
    public async Task<StoredResource?> ReadAsync(
        string type, Guid id, ReadAuthority authority, Func<StoredResource, CancellationToken, Task<bool>> mayRead, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        var found = await FindAsync(connection, type, id, cancellation);
        var seen = found is not null && await mayRead(found, cancellation);
        await using var batch = new NpgsqlBatch(connection);
        var detail = JsonSerializer.Serialize(new
        {
            resource = $"{type}/{id}",
            purpose = authority.Purpose,
            reason = authority.Reason,
            outcome = seen ? "given" : found is null ? "absent" : "held-back",
        });
        LedgerAppend.AddTo(batch, keys.Tenant, [new LedgerEvent(LedgerKinds.RecordRead, authority.Actor, null, found?.Person, detail)]);
        await batch.ExecuteNonQueryAsync(cancellation);
        return seen ? found : null;
    }

    private async Task<StoredResource?> FindAsync(NpgsqlConnection connection, string type, Guid id, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT r.version, r.start, r.length, p.id, p.message_id, p.person, p.salt, p.body
            FROM phi.resource r JOIN phi.pack p ON p.id = r.pack
            WHERE r.id = $1 AND r.type = $2 AND r.tenant = $3 AND p.tenant = $3 AND NOT r.stale
            ORDER BY r.version DESC LIMIT 1
            """,
            connection);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(ResourceTypes.NumberOf(type));
        command.Parameters.AddWithValue(keys.Tenant);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation))
        {
            return null;
        }

        var person = row.GetGuid(5);
        var bound = PackCipher.Bound(keys.Tenant, row.GetInt64(3), row.GetInt64(4), person);
        var pack = Compression.Unpack(PackCipher.Decrypt(keys, row.GetFieldValue<byte[]>(7), row.GetFieldValue<byte[]>(6), bound));
        var json = pack.AsMemory(row.GetInt32(1), row.GetInt32(2));
        return new StoredResource(type, id, row.GetInt32(0), new PersonId(person), new PhiBytes(json));
    }

    /// <summary>One event per person read about; one without a person where there was nothing to read.</summary>
    private async Task AuditAsync(
        NpgsqlConnection connection, long messageId, Guid[] persons, ReadAuthority authority, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var detail = JsonSerializer.Serialize(new { purpose = authority.Purpose, reason = authority.Reason });
        LedgerEvent Read(PersonId? person) => new(LedgerKinds.RecordRead, authority.Actor, messageId, person, detail);
        LedgerAppend.AddTo(batch, keys.Tenant, persons.Length == 0 ? [Read(null)] : [.. persons.Select(p => Read(new PersonId(p)))]);
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
