using Isthmus.Exchange;
using Isthmus.Store.Connections;
using Isthmus.Store.Leases;
using Isthmus.Workflow.Definitions;
using Isthmus.Workflow.Instances;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Workflow;

/// <summary>Turns signals into work for people and sees that the work is done in time.</summary>
/// <param name="store">Must hold the login <see cref="ZoneRole.Workflow"/>.</param>
/// <param name="node">This process, unique among those that share the database.</param>
/// <param name="site">The files of the site as they are now; instances keep the workflow they were started with.</param>
public sealed class WorkflowZone(StoreAccess store, string node, Func<SiteFiles> site, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WaitAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OverdueEvery = TimeSpan.FromSeconds(15);

    /// <summary>One look instead of two transactions: an idle zone costs two such looks a second.</summary>
    private const string Look =
        """
        SELECT EXISTS (SELECT FROM exchange.signal WHERE partition = ANY ($1)),
               EXISTS (SELECT FROM workflow.timer WHERE partition = ANY ($1) AND due <= now())
        """;

    private const string CountOverdue = "SELECT count(*) FROM workflow.task WHERE closed IS NULL AND due < now()";

    private readonly NpgsqlDataSource source = store.For(ZoneRole.Workflow);
    private readonly ILogger logger = loggers.CreateLogger<WorkflowZone>();
    private WorkflowSet workflows = WorkflowSet.Empty;
    private string? workflowsOf;

    /// <summary>Runs until cancelled, then gives the leases back.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var leases = new PartitionLeases(source, "workflow", node, time);
        var shelf = new DefinitionShelf(source, logger);
        var intake = new SignalIntake(source, leases, shelf, logger);
        var timers = new TimerRun(source, leases, shelf);
        var wait = ShortestWait;
        var counted = long.MinValue;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var done = await PassAsync(leases, intake, timers, cancellation);
                wait = done > 0 ? ShortestWait : Min(wait * 1.5, LongestWait);
                if (counted == long.MinValue || time.GetElapsedTime(counted) > OverdueEvery)
                {
                    counted = time.GetTimestamp();
                    await using var count = source.CreateCommand(CountOverdue);
                    WorkflowMeters.Overdue = (long)(await count.ExecuteScalarAsync(cancellation))!;
                }
            }
            catch (PostgresException e) when (e.SqlState == PartitionLeases.LostSqlState)
            {
                leases.Invalidate();
                logger.LogInformation("Another node took over leases of the workflow zone.");
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                logger.LogWarning("The workflow zone could not work (SQLSTATE {SqlState}); trying again.", StoreFailure.StateOf(e));
                wait = WaitAfterFailure;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await ReturnAsync(leases);
    }

    private async Task<int> PassAsync(PartitionLeases leases, SignalIntake intake, TimerRun timers, CancellationToken cancellation)
    {
        var held = await leases.HoldAsync(cancellation);
        if (held.Count == 0)
        {
            return 0;
        }

        var (signals, due) = await LookAsync(held, cancellation);
        var done = signals ? await intake.PassAsync(CurrentWorkflows(), cancellation) : 0;
        return done + (due ? await timers.PassAsync(cancellation) : 0);
    }

    private async Task<(bool Signals, bool Due)> LookAsync(IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        await using var look = source.CreateCommand(Look);
        look.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. held.Select(l => l.Partition)] });
        await using var reader = await look.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetBoolean(0), reader.GetBoolean(1));
    }

    /// <summary>A site is checked before it is applied; should a file still not be read, the others answer, loudly.</summary>
    private WorkflowSet CurrentWorkflows()
    {
        var files = site();
        if (workflowsOf != files.Version)
        {
            (workflows, var faults) = WorkflowSet.Load(files);
            workflowsOf = files.Version;
            foreach (var fault in faults)
            {
                logger.LogError("{Rule} in {Path}, line {Line}: {Text}", fault.Rule, fault.Path, fault.Line, fault.Text);
            }
        }

        return workflows;
    }

    private async Task ReturnAsync(PartitionLeases leases)
    {
        try
        {
            await leases.ReturnAsync(CancellationToken.None);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            logger.LogInformation("The workflow zone's leases were not given back and will expire (SQLSTATE {SqlState}).", StoreFailure.StateOf(e));
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
