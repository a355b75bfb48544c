using Isthmus.Exchange;
using Isthmus.Exchange.Deliveries;
using Isthmus.Store.Leases;
using Isthmus.Trust.Keys.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>
/// Owes senders their application acknowledgements, in the transaction of the effect. One that waits for a person has no outcome yet
/// and is told none; when it is worked again, it is told that.
/// </summary>
internal static class ApplicationAnswerTable
{
    public static void Add(NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> carried, SealSession session)
    {
        Carried[] owed = [.. carried.Where(one => one.Trail.AnswerDue is not null && one.Trail.Stopped?.Outcome != Outcome.WaitingForHuman)];
        if (owed.Length == 0)
        {
            return;
        }

        var headers = owed.Select(one => Seal(one, session)).ToArray();
        var command = new NpgsqlBatchCommand("SELECT exchange.owe_application_answers($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = session.Id });
        Column(command, owed, one => one.Trail.Message.Id, NpgsqlDbType.Bigint);
        Column(command, owed, one => PartitionLeases.PartitionOf(one.Trail.Message.OrderKey), NpgsqlDbType.Smallint);
        Column(command, owed, one => one.Trail.AnswerDue!.Destination, NpgsqlDbType.Text);
        Column(command, owed, one => one.Trail.AnswerDue!.When.ToString(), NpgsqlDbType.Text);
        Column(command, owed, one => CodeOf(one.Trail.Stopped?.Outcome), NpgsqlDbType.Text);
        Column(command, owed, one => one.Trail.Stopped?.Finding.Rule, NpgsqlDbType.Text);
        Column(command, owed, one => one.Trail.Stopped?.Finding.Location, NpgsqlDbType.Text);
        Column(command, owed, one => one.Trail.Stopped?.Finding.Text, NpgsqlDbType.Text);
        command.Parameters.Add(new() { Value = headers.Select(h => h.Nonce).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = headers.Select(h => h.Sealed).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        batch.BatchCommands.Add(command);
    }

    private static string? CodeOf(Outcome? stopped) => stopped switch
    {
        null => null,
        Outcome.Refused => "r",
        _ => "e",
    };

    private static (long Nonce, byte[] Sealed) Seal(Carried carried, SealSession session)
    {
        var due = carried.Trail.AnswerDue!;
        var body = session.Seal(due.Header.Reveal().Span, ApplicationAnswerSeal.Bound(carried.Trail.Message.Id, due.Destination), out var nonce);
        return (nonce, body);
    }

    private static void Column<T>(NpgsqlBatchCommand command, Carried[] rows, Func<Carried, T> value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
