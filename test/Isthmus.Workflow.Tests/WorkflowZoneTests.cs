using Isthmus.Exchange;
using Isthmus.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Workflow.Tests;

public sealed class WorkflowZoneTests : IAsyncLifetime
{
    private readonly WorkflowDatabase database = new();

    public Task InitializeAsync() => database.InitializeAsync();

    public Task DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task The_zone_raises_tasks_fires_timers_and_gives_its_leases_back()
    {
        using var stop = new CancellationTokenSource();
        var zone = new WorkflowZone(database.Store, "node", () => DemoSite.Files, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(stop.Token);
        await database.SignalAsync(new Signal(SignalKinds.CriticalResult, "k", 17, null, "ICU", "Sodium", "{}"));
        await Eventually.Within(TimeSpan.FromSeconds(10), "a task", async () => (await TaskAsync()) is not null);

        await database.PassTimeAsync(TimeSpan.FromMinutes(15));
        await Eventually.Within(TimeSpan.FromSeconds(10), "its escalation", async () => (await TaskAsync())!.State == "escalated");

        await stop.CancelAsync();
        await zone;
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM store.lease WHERE holder IS NOT NULL"));
    }

    private async Task<Workflow.Tasks.TaskView?> TaskAsync() => (await database.Inbox.OfMessageAsync(17, CancellationToken.None)).SingleOrDefault();
}
