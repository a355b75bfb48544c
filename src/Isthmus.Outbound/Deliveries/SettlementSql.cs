using Isthmus.Exchange;
using Isthmus.Trust.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Outbound.Deliveries;

/// <summary>The statements of one settling transaction, after the fence: rows, dead letters, signals, ledger.</summary>
internal static class SettlementSql
{
    /// <summary>What PostgreSQL reports when something of the group has been settled already.</summary>
    public const string SettledBeforeSqlState = "IS002";

    private const string Update =
        """
        WITH found AS (
        UPDATE exchange.delivery d
        SET state = s.state::"char", attempts = s.attempts, rule = s.rule, effect = coalesce(s.effect::"char", d.effect), reason = coalesce(s.reason, d.reason),
            policy_version = coalesce(s.policy, d.policy_version),
            settled = CASE WHEN s.state <> 'p' THEN clock_timestamp() END,
            next_attempt = CASE WHEN s.state = 'p' THEN clock_timestamp() + s.delay ELSE d.next_attempt END,
            seal_key = CASE WHEN s.keeps THEN d.seal_key END,
            seal_nonce = CASE WHEN s.keeps THEN d.seal_nonce END,
            payload = CASE WHEN s.keeps THEN d.payload END
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS s(id, state, attempts, rule, effect, reason, policy, delay, keeps)
        WHERE d.id = s.id AND d.state = 'p'
        RETURNING d.id)
        SELECT outbound.require_open((SELECT count(*) FROM found), cardinality($1))
        """;

    private const string Bury =
        """
        INSERT INTO outbound.dead_letter AS l (delivery_id, person, no, status, destination, rule, resources)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (delivery_id) DO UPDATE SET died = clock_timestamp(), status = excluded.status, rule = excluded.rule
        """;

    private const string Overtake =
        """
        UPDATE outbound.dead_letter SET overtaken = ARRAY(SELECT DISTINCT unnest(overtaken || $4) ORDER BY 1)
        WHERE destination = $1 AND person = $2 AND no < $3 AND resources && $4
        """;

    private const string Unbury = "DELETE FROM outbound.dead_letter WHERE delivery_id = ANY ($1)";

    private const string Absolve = "DELETE FROM outbound.interruption WHERE delivery_id = ANY ($1)";

    private const string End = "DELETE FROM outbound.begun WHERE delivery_id = ANY ($1)";

    private const string Signal =
        """
        INSERT INTO exchange.signal (tenant, partition, message_id, person, kind, key, location, subject, detail)
        VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)
        """;

    public static void AddTo(NpgsqlBatch batch, IReadOnlyList<Settlement> group)
    {
        batch.BatchCommands.Add(UpdateOf(group));
        foreach (var one in group)
        {
            AddRarities(batch, one);
        }

        var ended = group.Where(one => one.MayHaveBegun).Select(one => one.Delivery.Id).ToArray();
        if (ended.Length > 0)
        {
            batch.BatchCommands.Add(Command(End, ended));
        }

        foreach (var tenant in group.Where(one => one.IsFinal).GroupBy(one => one.Delivery.Tenant))
        {
            LedgerAppend.AddTo(batch, tenant.Key, [.. tenant.Select(SettlementEvents.Of)]);
        }
    }

    private static NpgsqlBatchCommand UpdateOf(IReadOnlyList<Settlement> group)
    {
        var command = new NpgsqlBatchCommand(Update);
        Add(command, NpgsqlDbType.Bigint, group, one => one.Delivery.Id);
        Add(command, NpgsqlDbType.Text, group, one => one.State.Letter());
        Add(command, NpgsqlDbType.Smallint, group, one => (short)Math.Min(one.Attempts, short.MaxValue));
        Add(command, NpgsqlDbType.Text, group, one => one.Rule);
        Add(command, NpgsqlDbType.Text, group, one => one.Consent switch { null => null, { Permits: true } => "p", _ => "d" });
        Add(command, NpgsqlDbType.Text, group, one => one.Consent?.Reason);
        Add(command, NpgsqlDbType.Text, group, one => one.Consent?.PolicyVersion);
        Add(command, NpgsqlDbType.Interval, group, one => one.Delay);
        Add(command, NpgsqlDbType.Boolean, group, one => one.KeepsPayload || one.State is DeliveryState.Pending or DeliveryState.Dead);
        return command;
    }

    /// <summary>What most settlements do not need: nothing of it is sent for a first delivery that went well.</summary>
    private static void AddRarities(NpgsqlBatch batch, Settlement one)
    {
        var delivery = one.Delivery;
        if (one.State == DeliveryState.Dead)
        {
            batch.BatchCommands.Add(Command(
                Bury, delivery.Id, delivery.Person.Value, delivery.No, (short)one.Status, one.Destination, one.Rule!, one.Resources));
            batch.BatchCommands.Add(Command(
                Signal, delivery.Tenant, delivery.Lease.Partition, delivery.MessageId, delivery.Person.Value,
                SignalKinds.DeliveryDead, $"delivery/{delivery.Id}", one.Destination, SettlementEvents.Detail(one)));
        }
        else if (one.IsFinal && delivery.BehindDead)
        {
            batch.BatchCommands.Add(Command(Unbury, new[] { delivery.Id }));
            if (one.State == DeliveryState.Delivered)
            {
                batch.BatchCommands.Add(Command(Overtake, one.Destination, delivery.Person.Value, delivery.No, one.Resources));
            }
        }

        if (one.IsFinal && delivery.Crashes > 0)
        {
            batch.BatchCommands.Add(Command(Absolve, new[] { delivery.Id }));
        }
    }

    private static void Add<T>(NpgsqlBatchCommand command, NpgsqlDbType type, IReadOnlyList<Settlement> group, Func<Settlement, T> column)
    {
        var values = new T[group.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = column(group[i]);
        }

        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
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
