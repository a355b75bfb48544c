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

/// <summary>Reads what a message committed. The audit event is committed before anything is returned: no audit, no access.</summary>
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
