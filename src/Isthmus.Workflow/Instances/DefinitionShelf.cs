using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Workflow.Definitions;
using Npgsql;

namespace Isthmus.Workflow.Instances;

/// <summary>
/// Keeps every definition that an instance was started with, so that the instance ends as it began, whatever the site
/// has become since.
/// </summary>
internal sealed class DefinitionShelf(NpgsqlDataSource source)
{
    private const string Add =
        """
        INSERT INTO workflow.definition (name, version, hash, source) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING
        """;

    private readonly ConcurrentDictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, WorkflowDefinition> known = new();

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

    /// <exception cref="InvalidOperationException">It is stored in a form that this version no longer reads.</exception>
    public async ValueTask<WorkflowDefinition> TakeAsync(int number, CancellationToken cancellation)
    {
        if (known.TryGetValue(number, out var definition))
        {
            return definition;
        }

        await using var command = source.CreateCommand("SELECT source FROM workflow.definition WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        var text = (string)(await command.ExecuteScalarAsync(cancellation))!;
        var faults = new List<SiteFault>();
        return known[number] = DefinitionReader.Read($"workflow.definition/{number}", Encoding.UTF8.GetBytes(text), faults)
            ?? throw new InvalidOperationException($"Definition {number} can no longer be read: {faults[0].Rule} on line {faults[0].Line}.");
    }
}
