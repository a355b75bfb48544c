using Isthmus.Store.Connections;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Host.Messages;

/// <summary>Which messages to work again; null does not restrict.</summary>
internal sealed record ReplayChoice(long[]? Ids, string? Outcome, string? Source, DateTimeOffset? Since, DateTimeOffset? Until);

/// <param name="Outcome">As it was before.</param>
/// <param name="SiteVersion">The version they are worked under; null for the current one.</param>
internal sealed record ReplayedMessage(long Id, string Outcome, string? SiteVersion);

/// <summary>Puts messages back into Mediation's queue, with its ledger event, through the one function that may.</summary>
internal sealed class MessageReplay(StoreAccess store)
{
    public async Task<IReadOnlyList<ReplayedMessage>> RunAsync(
        ReplayChoice choice, bool asWas, bool dryRun, string actor, CancellationToken cancellation)
    {
        await using var connection = await store.For(ZoneRole.Operator).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var replayed = new List<ReplayedMessage>();
        await using (var command = new NpgsqlCommand(
            "SELECT message_id, outcome, site_version FROM mediation.replay($1, $2, $3, $4, $5, $6, $7, $8)", connection))
        {
            Add(command, choice.Ids, NpgsqlDbType.Array | NpgsqlDbType.Bigint);
            Add(command, choice.Outcome, NpgsqlDbType.Text);
            Add(command, choice.Source, NpgsqlDbType.Text);
            Add(command, choice.Since?.UtcDateTime, NpgsqlDbType.TimestampTz);
            Add(command, choice.Until?.UtcDateTime, NpgsqlDbType.TimestampTz);
            Add(command, asWas, NpgsqlDbType.Boolean);
            Add(command, dryRun, NpgsqlDbType.Boolean);
            Add(command, actor, NpgsqlDbType.Text);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                replayed.Add(new ReplayedMessage(
                    reader.GetInt64(0), reader.GetString(1), await reader.IsDBNullAsync(2, cancellation) ? null : reader.GetString(2)));
            }
        }

        await transaction.CommitAsync(cancellation);
        return replayed;
    }

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
