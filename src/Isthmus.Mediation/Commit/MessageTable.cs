using System.Buffers;
using System.Text;
using System.Text.Json;
using Isthmus.Mediation.Path;
using Isthmus.Records;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Commit;

/// <summary>Writes what became of messages, and settles them in the queue.</summary>
internal static class MessageTable
{
    private const string Insert =
        """
        INSERT INTO mediation.message (tenant, message_id, person, attempts, outcome, contract, site_version, maps_version,
            resource_types, resource_ids, steps, findings)
        SELECT $1, m.message_id, m.person, m.attempts, m.outcome::"char", m.contract, m.site_version, m.maps_version,
            ($9)[m.first:m.last], ($10)[m.first:m.last], m.steps, m.findings
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $11, $12, $13, $14)
          AS m(message_id, person, attempts, outcome, contract, site_version, maps_version, first, last, steps, findings)
        ON CONFLICT (message_id) DO UPDATE SET processed = now(), person = EXCLUDED.person, attempts = EXCLUDED.attempts,
            outcome = EXCLUDED.outcome, contract = EXCLUDED.contract, site_version = EXCLUDED.site_version,
            maps_version = EXCLUDED.maps_version, resource_types = EXCLUDED.resource_types,
            resource_ids = EXCLUDED.resource_ids, steps = EXCLUDED.steps, findings = EXCLUDED.findings
        """;

    public static void Add(NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> carried)
    {
        var command = new NpgsqlBatchCommand(Insert);
        command.Parameters.Add(new() { Value = tenant });
        Column(command, carried, c => c.Trail.Message.Id, NpgsqlDbType.Bigint);
        Column(command, carried, c => c.Trail.Person?.Value, NpgsqlDbType.Uuid);
        Column(command, carried, c => (short)c.Trail.Message.Attempts, NpgsqlDbType.Smallint);
        Column(command, carried, c => c.OutcomeLetter.ToString(), NpgsqlDbType.Text);
        Column(command, carried, c => c.Trail.Message.Contract?.Id ?? string.Empty, NpgsqlDbType.Text);
        Column(command, carried, c => c.Trail.Message.Site.Version, NpgsqlDbType.Text);
        Column(command, carried, c => c.Trail.Message.Site.Maps.Version, NpgsqlDbType.Text);
        AddResources(command, carried);
        command.Parameters.Add(new() { Value = StepsOf(carried), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        Column(command, carried, c => FindingsOf(c.Trail), NpgsqlDbType.Text);
        batch.BatchCommands.Add(command);
    }

    public static void Settle(NpgsqlBatch batch, IReadOnlyList<Carried> carried)
    {
        var command = new NpgsqlBatchCommand(
            """
            DELETE FROM exchange.inbox i USING unnest($1, $2) AS done(partition, id)
            WHERE i.partition = done.partition AND i.id = done.id
            """);
        Column(command, carried, c => c.Trail.Message.Partition, NpgsqlDbType.Smallint);
        Column(command, carried, c => c.Trail.Message.Id, NpgsqlDbType.Bigint);
        batch.BatchCommands.Add(command);
    }

    /// <summary>
    /// Arrays of arrays must be rectangular in PostgreSQL, so the resources of all messages travel in one array, and each row
    /// says which stretch of it is its own.
    /// </summary>
    private static void AddResources(NpgsqlBatchCommand command, IReadOnlyList<Carried> carried)
    {
        var types = new List<short>();
        var ids = new List<Guid>();
        var (first, last) = (new int[carried.Count], new int[carried.Count]);
        for (var i = 0; i < carried.Count; i++)
        {
            first[i] = ids.Count + 1;
            foreach (var resource in carried[i].Routed?.Pack.Resources ?? [])
            {
                types.Add(ResourceTypes.NumberOf(resource.Type));
                ids.Add(resource.Id);
            }

            last[i] = ids.Count;
        }

        command.Parameters.Add(new() { Value = types.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = first, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = last, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
    }

    private static string[] StepsOf(IReadOnlyList<Carried> carried)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(output);
        var steps = new string[carried.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            output.ResetWrittenCount();
            json.Reset();
            WriteSteps(json, carried[i].Trail);
            json.Flush();
            steps[i] = Encoding.UTF8.GetString(output.WrittenSpan);
        }

        return steps;
    }

    private static void WriteSteps(Utf8JsonWriter json, Trail trail)
    {
        json.WriteStartArray();
        foreach (var step in trail.Steps)
        {
            json.WriteStartArray();
            json.WriteStringValue(step.Name);
            json.WriteStringValue(step.Outcome);
            json.WriteNumberValue(Math.Round((decimal)step.Milliseconds, 2));
            json.WriteStringValue(step.Version);
            json.WriteStartArray();
            foreach (var rule in step.Rules)
            {
                json.WriteStringValue(rule);
            }

            json.WriteEndArray();
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static string FindingsOf(Trail trail) => trail.Findings.Count == 0
        ? "[]"
        : JsonSerializer.Serialize(trail.Findings.Select(f => new[] { f.Rule, Word(f.Severity), f.Location, f.Text }));

    private static string Word(Exchange.Severity severity) => severity switch
    {
        Exchange.Severity.Error => "error",
        Exchange.Severity.Warning => "warning",
        _ => "information",
    };

    private static void Column<T>(NpgsqlBatchCommand command, IReadOnlyList<Carried> rows, Func<Carried, T> value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
