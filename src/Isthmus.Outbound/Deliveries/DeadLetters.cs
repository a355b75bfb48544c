using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Outbound.Deliveries;

/// <summary>A delivery that was given up, with what a person needs to judge it. Nothing of it is patient data.</summary>
/// <param name="Rule">Why: the rule of its last failure.</param>
/// <param name="Status">The HTTP status of the last attempt, 0 if there was none.</param>
/// <param name="Overtaken">How many of its resources later deliveries have written since; a replay leaves them alone.</param>
public sealed record DeadLetter(
    long Id, long MessageId, Guid Person, long No, string Destination, string Contract, string Rule, int Status, int Attempts,
    DateTime Created, DateTime Died, int Resources, int Overtaken);

/// <summary>A delivery put back into its queue.</summary>
public sealed record ReplayedDelivery(long Id, long MessageId, string Destination, string? Rule);

/// <summary>The dead letters, for the operator's login.</summary>
public sealed class DeadLetters(NpgsqlDataSource source)
{
    private const string ListSql =
        """
        SELECT d.id, d.message_id, d.person, d.no, d.destination, d.contract, d.rule, l.status, d.attempts, d.created, l.died,
               cardinality(l.resources), cardinality(l.overtaken)
        FROM exchange.delivery d JOIN outbound.dead_letter l ON l.delivery_id = d.id
        WHERE d.state = 'k' AND ($1 IS NULL OR d.destination = $1) AND ($2 IS NULL OR d.rule = $2)
        ORDER BY d.id DESC LIMIT $3
        """;

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string? destination, string? rule, int most, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(ListSql);
        AddText(command, destination);
        AddText(command, rule);
        command.Parameters.AddWithValue(most);
        var letters = new List<DeadLetter>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            letters.Add(new DeadLetter(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetGuid(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5),
                reader.GetString(6), reader.GetInt16(7), reader.GetInt16(8), reader.GetDateTime(9), reader.GetDateTime(10),
                reader.GetInt32(11), reader.GetInt32(12)));
        }

        return letters;
    }

    /// <summary>
    /// Puts dead deliveries back into their own queues, and into no other: those of <paramref name="ids"/>, or all that match. Null
    /// does not restrict. With <paramref name="dryRun"/> only tells which.
    /// </summary>
    public async Task<IReadOnlyList<ReplayedDelivery>> ReplayAsync(
        IReadOnlyCollection<long>? ids, string? destination, string? rule, bool dryRun, string actor, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT id, message_id, destination, rule FROM outbound.replay($1, $2, $3, $4, $5)");
        command.Parameters.Add(new NpgsqlParameter { Value = ids is null ? DBNull.Value : ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        AddText(command, destination);
        AddText(command, rule);
        command.Parameters.AddWithValue(dryRun);
        command.Parameters.AddWithValue(actor);
        var replayed = new List<ReplayedDelivery>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            replayed.Add(new ReplayedDelivery(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return replayed;
    }

    private static void AddText(NpgsqlCommand command, string? value) =>
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
}
