using System.Globalization;
using System.Text.Json;
using Isthmus.Records;
using Isthmus.Store.Connections;
using Isthmus.Workflow.Tasks;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Host.Messages;

/// <summary>Puts together what every zone knows of a message, with the operator's login: states and times, never content.</summary>
internal sealed class MessageReader(StoreAccess store)
{
    private const string Columns =
        """
        SELECT j.id, j.control_id, j.source, j.received, j.size, coalesce(o.outcome, 'in-progress'), m.person,
               coalesce(m.contract, ''), coalesce(m.site_version, ''), coalesce(m.maps_version, ''), coalesce(m.attempts, 0),
               coalesce(m.resource_types, '{}'), coalesce(m.resource_ids, '{}'), coalesce(m.steps, '[]'), coalesce(m.findings, '[]'),
               a.destination, coalesce(a.code::text, 'a'), a.state::text, a.attempts, a.settled, j.client, j.token
        FROM exchange.journal j
        LEFT JOIN mediation.message m ON m.message_id = j.id
        LEFT JOIN mediation.outcome o ON o.message_id = j.id
        LEFT JOIN exchange.application_answer a ON a.message_id = j.id
        """;

    /// <summary>Counters wrap, so an id names several messages in time; nobody looks through more.</summary>
    private const int MostUnderOneId = 20;

    private readonly NpgsqlDataSource source = store.For(ZoneRole.Operator);
    private readonly TaskInbox tasks = new(store.For(ZoneRole.Operator));

    /// <summary>The message, or null when there is none of that number.</summary>
    public async Task<MessageView?> FindAsync(long id, CancellationToken cancellation) =>
        (await ReadAsync(One(" WHERE j.id = $1", id), 1, cancellation)).SingleOrDefault();

    /// <summary>The messages under a control id, newest first.</summary>
    public Task<IReadOnlyList<MessageView>> UnderControlIdAsync(string controlId, CancellationToken cancellation) =>
        ReadAsync(One(" WHERE j.control_id = $1 ORDER BY j.id DESC", controlId), MostUnderOneId, cancellation);

    /// <summary>The newest messages that fit.</summary>
    public Task<IReadOnlyList<MessageView>> NewestAsync(MessageChoice choice, int limit, CancellationToken cancellation) =>
        ReadAsync(command => choice.Where(command) + " ORDER BY j.id DESC", limit, cancellation);

    /// <summary>The numbers that a person means: a message's number, else those of the messages under a control id, the newest first.</summary>
    public async Task<IReadOnlyList<long>> NumbersAsync(string asked, CancellationToken cancellation)
    {
        long? number = long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : null;
        await using var command = source.CreateCommand("SELECT id FROM exchange.journal WHERE id = $1 OR control_id = $2 ORDER BY id DESC LIMIT $3");
        command.Parameters.Add(new() { Value = (object?)number ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.AddWithValue(asked);
        command.Parameters.AddWithValue(MostUnderOneId);
        var found = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(reader.GetInt64(0));
        }

        return number is { } one && found.Contains(one) ? [one] : found;
    }

    private static Func<NpgsqlCommand, string> One(string where, object value) => command =>
    {
        command.Parameters.AddWithValue(value);
        return where;
    };

    private async Task<IReadOnlyList<MessageView>> ReadAsync(Func<NpgsqlCommand, string> where, int limit, CancellationToken cancellation)
    {
        var found = new List<MessageView>();
        await using (var command = source.CreateCommand())
        {
            command.CommandText = $"{Columns}{where(command)} LIMIT {limit}";
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                found.Add(Read(reader));
            }
        }

        var deliveries = await DeliveriesAsync([.. found.Select(m => m.Id)], cancellation);
        var complete = new List<MessageView>(found.Count);
        foreach (var message in found)
        {
            var ofMessage = deliveries[message.Id].ToArray();
            var due = await tasks.OfMessageAsync(message.Id, cancellation);
            complete.Add(message with
            {
                Decisions = [.. ofMessage.Select(d => d.Decision)],
                Deliveries = [.. ofMessage.Select(d => d.Delivery)],
                Tasks = [.. due.Select(t => new TaskLine(t.Id, t.Title, t.State, t.Pool, t.Due, t.EscalateAt))],
            });
        }

        return complete;
    }

    private static MessageView Read(NpgsqlDataReader row)
    {
        var types = row.GetFieldValue<short[]>(11);
        var ids = row.GetFieldValue<Guid[]>(12);
        return new MessageView
        {
            Id = row.GetInt64(0),
            ControlId = row.GetString(1),
            Source = row.GetString(2),
            Received = row.GetFieldValue<DateTimeOffset>(3),
            Size = row.GetInt32(4),
            Outcome = row.GetString(5),
            Patient = row.IsDBNull(6) ? null : row.GetGuid(6).ToString("D"),
            Contract = row.GetString(7),
            SiteVersion = row.GetString(8),
            MapsVersion = row.GetString(9),
            Attempts = row.GetInt16(10),
            Resources = [.. types.Zip(ids, (t, i) => new ResourceView(ResourceTypes.NameOf(t), i.ToString("D")))],
            Steps = StepsOf(row.GetString(13)),
            Findings = [.. JsonSerializer.Deserialize<string[][]>(row.GetString(14))!.Select(f => new FindingView(f[0], f[1], f[2], f[3]))],
            Decisions = [],
            Deliveries = [],
            Tasks = [],
            HandedIn = row.IsDBNull(20) ? null : new HandedInView(row.GetString(20), row.GetGuid(21).ToString("N")),
            Answer = row.IsDBNull(15) ? null : AnswerOf(row),
        };
    }

    private static AnswerView AnswerOf(NpgsqlDataReader row) => new(
        row.GetString(15),
        row.GetString(16) switch { "e" => "AE", "r" => "AR", _ => "AA" },
        row.GetString(17) switch { "d" => "acknowledged", "n" => "not-wanted", "k" => "given-up", _ => "pending" },
        row.GetInt16(18),
        row.IsDBNull(19) ? null : row.GetFieldValue<DateTimeOffset>(19));

    private static IReadOnlyList<StepView> StepsOf(string json)
    {
        using var steps = JsonDocument.Parse(json);
        return [.. steps.RootElement.EnumerateArray().Select(s => new StepView(
            s[0].GetString()!, s[1].GetString()!, s[2].GetDouble(), s[3].GetString()!, [.. s[4].EnumerateArray().Select(r => r.GetString()!)]))];
    }

    private async Task<ILookup<long, (DecisionView Decision, DeliveryView Delivery)>> DeliveriesAsync(long[] messages, CancellationToken cancellation)
    {
        var rows = new List<(long Message, DecisionView Decision, DeliveryView Delivery)>();
        await using var command = source.CreateCommand(
            """
            SELECT message_id, id, destination, purpose, effect::text, reason, policy_version, state::text, attempts, rule, settled,
                   CASE WHEN state = 'p' AND next_attempt > now() THEN next_attempt END
            FROM exchange.delivery WHERE message_id = ANY($1) ORDER BY id
            """);
        command.Parameters.Add(new() { Value = messages, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var destination = reader.GetString(2);
            rows.Add((
                reader.GetInt64(0),
                new DecisionView(destination, reader.GetString(3), reader.GetString(4) == "p" ? "permit" : "deny", reader.GetString(5), reader.GetString(6)),
                new DeliveryView(
                    reader.GetInt64(1), destination, StatusOf(reader.GetString(7)), reader.GetInt16(8),
                    await reader.IsDBNullAsync(9, cancellation) ? null : reader.GetString(9),
                    await reader.IsDBNullAsync(10, cancellation) ? null : reader.GetFieldValue<DateTimeOffset>(10),
                    await reader.IsDBNullAsync(11, cancellation) ? null : reader.GetFieldValue<DateTimeOffset>(11))));
        }

        return rows.ToLookup(r => r.Message, r => (r.Decision, r.Delivery));
    }

    private static string StatusOf(string state) => state switch
    {
        "d" => "delivered",
        "x" => "denied",
        "k" => "dead",
        "h" => "held",
        "s" => "superseded",
        _ => "pending",
    };
}
