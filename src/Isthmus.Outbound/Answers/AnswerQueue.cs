using Isthmus.Exchange;
using Isthmus.Hl7v2;
using Isthmus.Store.Leases;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Outbound.Answers;

/// <summary>Takes application acknowledgements that are due, and settles them under the lease they were taken under.</summary>
internal sealed class AnswerQueue(NpgsqlDataSource source, PartitionLeases leases)
{
    private const int MostTaken = 64;

    private const string Take =
        """
        SELECT a.message_id, a.tenant, a.partition, a.destination, a.wanted::text, a.code::text, a.rule, a.location, a.sentence, a.attempts,
               extract(epoch FROM clock_timestamp() - a.created)::double precision, a.seal_key, a.seal_nonce, a.header,
               CASE WHEN a.code IS NULL THEN
                   (SELECT count(*) FROM exchange.delivery d WHERE d.message_id = a.message_id AND d.state IN ('p', 'h', 'k')) ELSE 0 END
        FROM exchange.application_answer a
        WHERE a.state = 'p' AND a.destination = ANY ($1) AND a.partition = ANY ($2) AND a.next_attempt <= clock_timestamp()
        ORDER BY a.next_attempt, a.message_id LIMIT $3
        """;

    private const string Postpone =
        "UPDATE exchange.application_answer SET attempts = attempts + $2, next_attempt = clock_timestamp() + $3 WHERE message_id = $1 AND state = 'p'";

    private const string Settle =
        """
        UPDATE exchange.application_answer
        SET state = $3::"char", attempts = attempts + $2, settled = clock_timestamp(), seal_key = NULL, seal_nonce = NULL, header = NULL
        WHERE message_id = $1 AND state = 'p'
        """;

    private const string Signal =
        """
        INSERT INTO exchange.signal (tenant, partition, message_id, kind, key, location, subject, detail)
        VALUES ($1, $2, $3, $4, $5, '', $6, $7)
        """;

    public async Task<IReadOnlyList<OwedAnswer>> TakeAsync(
        IReadOnlyList<LeasedPartition> held, string[] destinations, CancellationToken cancellation)
    {
        var leased = held.ToDictionary(lease => lease.Partition);
        await using var command = source.CreateCommand(Take);
        command.Parameters.Add(new() { Value = destinations, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = leased.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.AddWithValue(MostTaken);
        var due = new List<OwedAnswer>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            due.Add(Read(reader, leased[reader.GetInt16(2)]));
        }

        return due;
    }

    /// <summary>Looks again after a while; an attempt that was made counts.</summary>
    public Task PostponeAsync(OwedAnswer answer, bool attempted, TimeSpan delay) =>
        CommitAsync(answer, Command(Postpone, answer.MessageId, attempted ? 1 : 0, delay));

    /// <summary>It has come to its end: d acknowledged, n not wanted, k given up, which a person is told.</summary>
    public Task SettleAsync(OwedAnswer answer, char state, bool attempted, string rule)
    {
        var settle = Command(Settle, answer.MessageId, attempted ? 1 : 0, state.ToString());
        return state != 'k'
            ? CommitAsync(answer, settle)
            : CommitAsync(answer, settle, Command(
                Signal, answer.Tenant, answer.Lease.Partition, answer.MessageId, SignalKinds.DeliveryDead, $"application-answer/{answer.MessageId}",
                answer.Destination, $$"""{"destination":"{{answer.Destination}}","rule":"{{rule}}"}"""));
    }

    private async Task CommitAsync(OwedAnswer answer, params NpgsqlBatchCommand[] commands)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(leases.Fence([answer.Lease]));
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static OwedAnswer Read(NpgsqlDataReader row, LeasedPartition lease)
    {
        var code = row.IsDBNull(5) ? AcknowledgementCode.AA : row.GetString(5) == "r" ? AcknowledgementCode.AR : AcknowledgementCode.AE;
        return new OwedAnswer
        {
            MessageId = row.GetInt64(0),
            Tenant = row.GetInt16(1),
            Lease = lease,
            Destination = row.GetString(3),
            Wanted = row.GetString(4)[0],
            Code = code,
            Error = code == AcknowledgementCode.AA
                ? null
                : new AcknowledgementError(Hl7ErrorCode.ApplicationInternalError, row.GetString(6), row.GetString(8), AnswerMessage.Place(row.GetString(7))),
            Attempts = row.GetInt16(9),
            Age = TimeSpan.FromSeconds(row.GetDouble(10)),
            SealKey = row.GetInt32(11),
            SealNonce = row.GetInt64(12),
            SealedHeader = row.GetFieldValue<byte[]>(13),
            Open = row.GetInt64(14),
        };
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
