using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Ledger;
using Isthmus.Workflow;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Host.Tests.Commands;

/// <summary>The commands as a person calls them: processes with the logins they are given, on a critical result in the store.</summary>
public sealed class WorkCommandsTests : IAsyncLifetime
{
    private const long Message = 4711;

    private readonly SiteFiles site = new("test", Directory
        .EnumerateFiles(Repository.PathOf("site", "demo", "workflows"))
        .ToDictionary(f => "workflows/" + Path.GetFileName(f), f => (ReadOnlyMemory<byte>)File.ReadAllBytes(f), StringComparer.Ordinal));

    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync([.. Modules.WithMigrations]);

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_critical_result_is_found_acknowledged_closed_and_told_by_the_ledger()
    {
        using var stop = new CancellationTokenSource();
        var zones = Task.WhenAll(
            new WorkflowZone(store.Access, "test", () => site, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(stop.Token),
            new LedgerZone(store.Access, "test", TimeProvider.System, NullLoggerFactory.Instance).RunAsync(stop.Token));
        await SignalAsync();

        var task = (await AnswerAsync("task", "list", "--json")).EnumerateArray().Single();
        Assert.Equal("Critical result: Potassium (2823-3)", task.GetProperty("title").GetString());
        var id = task.GetProperty("id").GetRawText();

        var (code, _, complaint) = await RunAsync("task", "ack", id, "--as", "ada");
        Assert.Equal((1, true), (code, complaint.Contains("task.read-back-missing", StringComparison.Ordinal)));
        Assert.Equal("acknowledged", (await AnswerAsync("task", "ack", id, "--as", "ada", "--read-back", "six point eight", "--json")).GetProperty("state").GetString());
        (code, _, complaint) = await RunAsync("task", "ack", id, "--as", "bob", "--read-back", "again");
        Assert.Equal((1, true), (code, complaint.Contains($"task.already-acknowledged: Task {id} was acknowledged by ada", StringComparison.Ordinal)));
        Assert.Equal("closed", (await AnswerAsync("task", "complete", id, "--as", "ada", "--outcome", "treated", "--json")).GetProperty("state").GetString());

        await Eventually.Within(TimeSpan.FromSeconds(10), "three chained events", async () => await HeadAsync() == 3);
        var sentences = (await AnswerAsync("audit", "search", "--message", $"{Message}", "--json"))
            .EnumerateArray().Select(e => e.GetProperty("sentence").GetString()).ToList();
        Assert.Equal(
            [
                $"task {id} completed by ada with outcome treated",
                $"task {id} acknowledged by ada, read-back recorded",
                $"task {id} created: Critical result: Potassium (2823-3) for icu-charge-nurse by workflow critical-result@1.0.0",
            ],
            sentences);

        await stop.CancelAsync();
        await zones;
    }

    [Fact]
    public async Task A_verdict_decides_the_exit_code()
    {
        var verdict = await AnswerAsync("audit", "verify", "--json");
        Assert.True(verdict.GetProperty("verified").GetBoolean());
        Assert.Equal(0, verdict.GetProperty("events").GetInt64());

        await store.ExecuteAsOwnerAsync("INSERT INTO ledger.head VALUES (1, 7, sha256('x'), now())");

        var (code, answer, _) = await RunAsync("audit", "verify", "--json");
        Assert.Equal(1, code);
        Assert.Equal("ledger.tail-missing", JsonDocument.Parse(answer).RootElement.GetProperty("fault").GetProperty("rule").GetString());
    }

    private async Task SignalAsync()
    {
        await using var command = store.For(ZoneRole.Mediation).CreateCommand(
            """
            INSERT INTO exchange.signal (tenant, partition, kind, key, message_id, location, subject, detail)
            VALUES (1, 0, 'critical-result', 'order-1|2823-3', $1, 'ICU^03', 'Potassium (2823-3)', '{}')
            """);
        command.Parameters.AddWithValue(Message);
        await command.ExecuteNonQueryAsync();
        await using var tasks = store.For(ZoneRole.Operator).CreateCommand("SELECT count(*) FROM workflow.task");
        await Eventually.Within(TimeSpan.FromSeconds(10), "a task", async () => (long)(await tasks.ExecuteScalarAsync())! == 1);
    }

    private async Task<long> HeadAsync()
    {
        await using var command = store.For(ZoneRole.Operator).CreateCommand("SELECT coalesce(max(seq), 0) FROM ledger.head");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<JsonElement> AnswerAsync(params string[] arguments)
    {
        var (code, answer, complaint) = await RunAsync(arguments);
        Assert.True(code == 0, complaint);
        return JsonDocument.Parse(answer).RootElement;
    }

    private Task<(int Code, string Answer, string Complaint)> RunAsync(params string[] arguments) =>
        CommandProcess.RunAsync(store, store.Credentials.Folder, arguments);
}
