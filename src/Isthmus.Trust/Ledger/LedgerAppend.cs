using Isthmus.Exchange.Ledger;
using Npgsql;

namespace Isthmus.Trust.Ledger;

/// <summary>
/// Adds the audit an effect owes to the transaction of that effect. It becomes visible with the effect or not at all;
/// the sequencer chains it within a second.
/// </summary>
public static class LedgerAppend
{
    private const string Call = "SELECT ledger.append($1, $2, $3, $4, $5, $6)";

    /// <summary>Adds one command to the batch, however many events there are; none when there are none.</summary>
    /// <param name="batch">The batch of the effect's transaction, under any zone's login.</param>
    /// <param name="tenant">Whose chain the events belong to.</param>
    /// <param name="events">In the order in which they happened; they are chained in this order.</param>
    public static void AddTo(NpgsqlBatch batch, short tenant, IReadOnlyList<LedgerEvent> events)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0)
        {
            return;
        }

        var kind = new string[events.Count];
        var actor = new string[events.Count];
        var message = new long?[events.Count];
        var person = new Guid?[events.Count];
        var detail = new string[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            var one = events[i];
            kind[i] = one.Kind;
            actor[i] = one.Actor;
            message[i] = one.MessageId;
            person[i] = one.Person?.Value;
            detail[i] = one.Detail;
        }

        var command = new NpgsqlBatchCommand(Call);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = tenant });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = actor });
        command.Parameters.Add(new NpgsqlParameter<long?[]> { TypedValue = message });
        command.Parameters.Add(new NpgsqlParameter<Guid?[]> { TypedValue = person });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = detail });
        batch.BatchCommands.Add(command);
    }
}
