using System.Collections.Concurrent;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;

namespace Isthmus.Governance.Snapshots;

/// <summary>
/// Keeps a node at the site in force: looks at the epoch every second and swaps the whole model. What cannot be loaded
/// is not taken over; the node goes on with the site it has and says why in <see cref="Refused"/>.
/// </summary>
public sealed class SiteWatch : LiveSite, IAsyncDisposable
{
    private static readonly Refusal NoneInForce = new(
        "site.none-in-force", "No site is in force yet. `isthmus site apply DIR` puts one into force, and `isthmus serve --site DIR` does before it starts.",
        FailureDomain.Client);

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Deliveries and replays ask for earlier versions; more than these are rare and are loaded again.</summary>
    private const int KeptVersions = 16;

    private readonly SiteSnapshots snapshots;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly ConcurrentDictionary<string, SiteModel> earlier = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;
    private volatile SiteModel current;
    private long epoch;

    private SiteWatch(
        SiteSnapshots snapshots, IReadOnlyDictionary<string, string> environment, SiteModel model, long epoch, TimeProvider time)
    {
        this.snapshots = snapshots;
        this.environment = environment;
        this.epoch = epoch;
        current = model;
        watching = WatchAsync(time);
    }

    public event Action<SiteModel>? Changed;

    public SiteModel Current => current;

    /// <summary>Faults of a newer site that this node could not take over; empty when it is up to date.</summary>
    public IReadOnlyList<SiteFault> Refused { get; private set; } = [];

    /// <param name="environment">Variables that may override settings on this node.</param>
    /// <exception cref="RefusalException">No site was applied yet, or it does not load.</exception>
    public static async Task<SiteWatch> StartAsync(
        SiteSnapshots snapshots, IReadOnlyDictionary<string, string> environment, TimeProvider time, CancellationToken cancellation)
    {
        var inForce = await snapshots.CurrentAsync(cancellation)
            ?? throw new RefusalException(NoneInForce);
        var load = await LoadAsync(snapshots, environment, inForce.Version, cancellation);
        return load is { Model: { } model }
            ? new SiteWatch(snapshots, environment, model, inForce.Epoch, time)
            : throw new RefusalException(NotLoadable(inForce.Version, load?.Faults[0].Text ?? "its snapshot is gone."));
    }

    public async ValueTask<SiteModel?> AtAsync(string version, CancellationToken cancellation)
    {
        var now = current;
        if (now.Version == version)
        {
            return now;
        }

        if (earlier.TryGetValue(version, out var known))
        {
            return known;
        }

        var load = await LoadAsync(snapshots, environment, version, cancellation);
        if (load?.Model is { } model)
        {
            if (earlier.Count >= KeptVersions)
            {
                earlier.Clear();
            }

            earlier[version] = model;
        }

        return load?.Model;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }

    private static Refusal NotLoadable(string version, string fault) => new(
        "site.not-loadable",
        $"Site {version} is in force and does not load here: {fault} Mend its folder and put it into force with `isthmus site apply DIR`, or go on with the build that applied it.",
        FailureDomain.Client);

    private async Task LookAsync(CancellationToken cancellation)
    {
        var inForce = await snapshots.CurrentAsync(cancellation);
        if (inForce is null || inForce.Epoch == epoch)
        {
            return;
        }

        var load = await LoadAsync(snapshots, environment, inForce.Version, cancellation);
        epoch = inForce.Epoch;
        if (load?.Model is { } model)
        {
            Refused = [];
            earlier[current.Version] = current;
            current = model;
            Changed?.Invoke(model);
        }
        else
        {
            Refused = load?.Faults ?? [];
        }
    }

    private static async Task<SiteLoad?> LoadAsync(
        SiteSnapshots snapshots, IReadOnlyDictionary<string, string> environment, string version, CancellationToken cancellation) =>
        await snapshots.LoadAsync(version, cancellation) is var (files, appliedAt)
            ? SiteLoader.Load(files, environment, DateOnly.FromDateTime(appliedAt.UtcDateTime))
            : null;

    private async Task WatchAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                try
                {
                    await LookAsync(stopping.Token);
                }
                catch (Exception e) when (StoreFailure.Is(e))
                {
                    // The database is away: the site at hand stays in force, and the next look tries again.
                }
                catch (InvalidDataException damaged)
                {
                    Refused = [new SiteFault("snapshot", 0, SiteRules.SnapshotDamaged, damaged.Message)];
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed.
        }
    }
}
