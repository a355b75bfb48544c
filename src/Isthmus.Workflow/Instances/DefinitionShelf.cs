using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Workflow.Definitions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Workflow.Instances;

/// <summary>
/// Keeps every definition that an instance was started with, so that the instance ends as it began, whatever the site
/// has become since.
/// </summary>
internal sealed class DefinitionShelf(NpgsqlDataSource source, ILogger logger)
{
    private const string Add =
        """
        INSERT INTO workflow.definition (name, version, hash, source) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING
        """;

    private readonly ConcurrentDictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, WorkflowDefinition?> known = new();

    /// <summary>Those that this version cannot read: their instances wait for one that can, and hold up no other.</summary>
    public IEnumerable<int> Unreadable => known.Where(k => k.Value is null).Select(k => k.Key);

    /// <summary>The definition's number; it is stored first when it is new.</summary>
    public async ValueTask<int> NumberAsync(WorkflowDefinition definition, CancellationToken cancellation)
    {
        if (numbers.TryGetValue(definition.Source, out var number))
        {
            return number;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(definition.Source));
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Add)
        {
            Parameters = { new() { Value = definition.Name }, new() { Value = definition.Version }, new() { Value = hash }, new() { Value = definition.Source } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT id FROM workflow.definition WHERE hash = $1") { Parameters = { new() { Value = hash } } });
        number = (int)(await batch.ExecuteScalarAsync(cancellation))!;
        known[number] = definition;
        return numbers[definition.Source] = number;
    }

    /// <summary>The definition of that number; null, and an error once, when this version cannot read it.</summary>
    public async ValueTask<WorkflowDefinition?> TakeAsync(int number, CancellationToken cancellation)
    {
        if (known.TryGetValue(number, out var definition))
        {
            return definition;
        }

        await using var command = source.CreateCommand("SELECT source FROM workflow.definition WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        var text = (string)(await command.ExecuteScalarAsync(cancellation))!;
        var faults = new List<SiteFault>();
        definition = DefinitionReader.Read($"workflow.definition/{number}", Encoding.UTF8.GetBytes(text), faults);
        if (definition is null)
        {
            logger.LogError(
                "workflow.definition-unreadable: definition {Number} breaks {Rule} on line {Line}; the instances that run it stand still.",
                number, faults[0].Rule, faults[0].Line);
        }

        return known[number] = definition;
    }
}
