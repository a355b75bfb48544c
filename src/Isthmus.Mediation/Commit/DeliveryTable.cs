using Isthmus.Exchange;
using Isthmus.Exchange.Deliveries;
using Isthmus.Store.Leases;
using Isthmus.Trust.Keys.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>Hands deliveries to Outbound: rows it may only insert, payloads it cannot read back.</summary>
internal static class DeliveryTable
{
    private const string Insert =
        """
        INSERT INTO exchange.delivery (tenant, seal_key, message_id, no, person, partition, state, destination, purpose,
            contract, site_version, effect, reason, policy_version, seal_nonce, payload, settled)
        SELECT $1, CASE WHEN d.payload IS NULL THEN NULL ELSE $2 END, d.message_id, d.no, d.person, d.partition, d.state::"char",
            d.destination, d.purpose, d.contract, d.site_version, d.effect::"char", d.reason, d.policy_version,
            d.seal_nonce, d.payload, CASE WHEN d.state = 'x' THEN now() END
        FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
          AS d(message_id, no, person, partition, state, destination, purpose, contract, site_version, effect, reason,
               policy_version, seal_nonce, payload)
        """;

    /// <param name="numbers">The last delivery number reserved, by person.</param>
    public static void Add(
        NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> carried, Dictionary<Guid, long> numbers, SealSession session)
    {
        var rows = new List<Row>();
        foreach (var message in carried)
        {
            foreach (var delivery in message.Deliveries)
            {
                rows.Add(RowOf(message, delivery, session));
            }
        }

        if (rows.Count == 0)
        {
            return;
        }

        Number(rows, numbers);
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = session.Id });
        Column(command, rows, r => r.MessageId, NpgsqlDbType.Bigint);
        Column(command, rows, r => r.No, NpgsqlDbType.Bigint);
        Column(command, rows, r => r.Person, NpgsqlDbType.Uuid);
        Column(command, rows, r => PartitionOf(r.Person), NpgsqlDbType.Smallint);
        Column(command, rows, r => r.Prepared.IsPermitted ? "p" : "x", NpgsqlDbType.Text);
        Column(command, rows, r => r.Prepared.Terms.Name, NpgsqlDbType.Text);
        Column(command, rows, r => r.Prepared.Terms.ConsentPurpose, NpgsqlDbType.Text);
        Column(command, rows, r => r.Contract, NpgsqlDbType.Text);
        Column(command, rows, r => r.SiteVersion, NpgsqlDbType.Text);
        Column(command, rows, r => r.Prepared.IsPermitted ? "p" : "d", NpgsqlDbType.Text);
        Column(command, rows, r => r.Prepared.Decision.Reason, NpgsqlDbType.Text);
        Column(command, rows, r => r.Prepared.Decision.PolicyVersion, NpgsqlDbType.Text);
        Column(command, rows, r => r.Nonce, NpgsqlDbType.Bigint);
        Column(command, rows, r => r.Payload, NpgsqlDbType.Bytea);
        batch.BatchCommands.Add(command);
    }

    /// <summary>The destinations to which messages have gone, or are on their way: a replay does not send there again.</summary>
    public static async Task<HashSet<(long Message, string Destination)>> UnderWayAsync(
        NpgsqlConnection connection, long[] messages, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT message_id, destination FROM exchange.delivery WHERE message_id = ANY($1) AND state IN ('p', 'h', 'd')", connection);
        command.Parameters.Add(new() { Value = messages, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        var found = new HashSet<(long, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return found;
    }

    /// <summary>The queue partition of a person.</summary>
    public static short PartitionOf(Guid person) =>
        PartitionLeases.PartitionOf(BitConverter.ToInt64(person.ToByteArray(), 0));

    private static Row RowOf(Carried message, Route.PreparedDelivery delivery, SealSession session)
    {
        var person = message.Routed!.Translated.Identified.Person;
        long? nonce = null;
        byte[]? payload = null;
        if (delivery.IsPermitted)
        {
            var bound = DeliverySeal.Bound(message.Trail.Message.Id, person, delivery.Terms.Name);
            payload = session.Seal(delivery.Payload.Reveal().Span, bound, out var used);
            nonce = used;
        }

        return new Row(
            message.Trail.Message.Id, person.Value, delivery, message.Trail.Message.Contract!.Id,
            message.Trail.Message.Site.Version, nonce, payload);
    }

    private static void Number(List<Row> rows, Dictionary<Guid, long> last)
    {
        foreach (var ofPerson in rows.GroupBy(r => r.Person))
        {
            var no = last[ofPerson.Key] - ofPerson.Count();
            foreach (var row in ofPerson)
            {
                row.No = ++no;
            }
        }
    }

    private static void Column<T>(NpgsqlBatchCommand command, List<Row> rows, Func<Row, T> value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    private sealed record Row(
        long MessageId, Guid Person, Route.PreparedDelivery Prepared, string Contract, string SiteVersion, long? Nonce, byte[]? Payload)
    {
        public long No { get; set; }
    }
}
