using System.Collections.Immutable;
using System.Text;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens.Jose;
using Npgsql;

namespace Isthmus.Trust.Access.State;

/// <summary>Brings a state up to the epoch of the database: what changed since is read, the rest is kept.</summary>
internal static class AccessLoad
{
    public const string ReadEpoch = "SELECT epoch FROM access.epoch";

    private const string ReadClients = $"{ClientRows.Select} WHERE changed > $1";
    private const string ReadKeys = "SELECT id, public_key, activates, withdrawn FROM tokens.signing_key ORDER BY activates, created";
    private const string ReadRevoked = "SELECT id, expires FROM tokens.revoked WHERE changed > $1 AND expires > $2";

    /// <remarks>
    /// The epoch is read first. What a later statement sees beyond it is read once more the next time, which does no harm; whoever raises
    /// the epoch holds its row until the commit, so nothing below it can appear later.
    /// </remarks>
    public static async Task<AccessState> NextAsync(NpgsqlConnection connection, AccessState known, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ReadEpoch));
        batch.BatchCommands.Add(Since(ReadClients, known.Epoch));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ReadKeys));
        var revocations = Since(ReadRevoked, known.Epoch);
        revocations.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
        batch.BatchCommands.Add(revocations);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(SwitchStore.ListSql));

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var epoch = reader.GetInt64(0);

        await reader.NextResultAsync(cancellation);
        var clients = known.Clients.ToBuilder();
        while (await reader.ReadAsync(cancellation))
        {
            var client = ClientRows.Read(reader);
            clients[client.Id] = client;
        }

        await reader.NextResultAsync(cancellation);
        var keys = ImmutableArray.CreateBuilder<PublishedKey>();
        while (await reader.ReadAsync(cancellation))
        {
            if (ReadKey(reader, known) is { } key)
            {
                keys.Add(key);
            }
        }

        await reader.NextResultAsync(cancellation);
        var revoked = known.Revoked.ToBuilder();
        revoked.RemoveRange(known.Revoked.Where(r => r.Value < now).Select(r => r.Key));
        while (await reader.ReadAsync(cancellation))
        {
            revoked[reader.GetGuid(0)] = reader.GetFieldValue<DateTimeOffset>(1);
        }

        await reader.NextResultAsync(cancellation);
        return new AccessState
        {
            Epoch = epoch,
            Clients = clients.ToImmutable(),
            Keys = keys.ToImmutable(),
            Revoked = revoked.ToImmutable(),
            Switches = SwitchBoard.Of(await SwitchStore.ReadAsync(reader, cancellation)),
        };
    }

    /// <summary>A key that is known keeps what it has made to verify with. One whose id is not its thumbprint is nobody's.</summary>
    private static PublishedKey? ReadKey(NpgsqlDataReader row, AccessState known)
    {
        var id = row.GetString(0);
        var key = known.KeyOf(id)?.Key ?? Parse(row.GetString(1));
        return key is not null && key.Thumbprint == id
            ? new PublishedKey(key, row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3))
            : null;
    }

    private static JsonWebKey? Parse(string set) => KeySet.TryRead(Encoding.UTF8.GetBytes(set), out var keys, out _) ? keys.Keys[0] : null;

    private static NpgsqlBatchCommand Since(string question, long epoch) =>
        new(question) { Parameters = { new NpgsqlParameter<long> { TypedValue = epoch } } };
}
