using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Snapshots;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Demo;

/// <summary>
/// Everything on one machine, for trial and measurement: store, zones in this process, and a simulated EHR and registry
/// as processes of their own.
/// </summary>
internal sealed class Trial : IAsyncDisposable
{
    private readonly SiteWatch watch;
    private readonly ZoneSet zones;
    private readonly string scratch;
    private readonly CancellationTokenSource draining = new();

    private Trial(Installation installation, Counterparts counterparts, SiteWatch watch, ZoneSet zones, string scratch)
    {
        Installation = installation;
        Counterparts = counterparts;
        this.watch = watch;
        this.zones = zones;
        this.scratch = scratch;
        Running = zones.RunAsync(draining.Token);
    }

    public Installation Installation { get; }

    public Counterparts Counterparts { get; }

    public SiteModel Site => watch.Current;

    public IPEndPoint Listener => zones.Endpoints.Values.First();

    /// <summary>Faults when a zone has fallen.</summary>
    public Task Running { get; }

    /// <param name="folder">The site.</param>
    /// <param name="ownDatabase">A database for this trial alone, dropped at its end; null for the usual one.</param>
    /// <param name="load">Registers persons and consents before the zones open.</param>
    /// <param name="tell">Progress, a few words at a time.</param>
    public static async Task<Trial> StartAsync(
        DirectoryInfo folder, string? ownDatabase, Func<Installation, SiteModel, CancellationToken, Task> load, Action<string> tell,
        ILoggerFactory loggers, CancellationToken cancellation)
    {
        tell("Starting PostgreSQL");
        var installation = await Installation.OpenAsync(Enum.GetValues<ZoneRole>(), loggers, cancellation, ownDatabase);
        var site = SiteOpening.Load(folder);
        if (ownDatabase is null)
        {
            await RefuseBesideAnotherSiteAsync(installation, site, cancellation);
        }

        await SiteOpening.ProvideKeysAsync(installation, site, cancellation);

        tell("Starting the EHR and the registry");
        var scratch = SimulatorFolder(installation.DataFolder);
        var counterparts = await Counterparts.StartAsync(site, installation.KeyFiles, scratch, cancellation);

        tell("Applying the site, registering patients and consents");
        await SiteOpening.ApplyAsync(installation, site, cancellation);
        await load(installation, site, cancellation);

        tell("Opening the zones");
        var environment = SiteOpening.EnvironmentVariables().ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in counterparts.Overrides)
        {
            environment[key] = value;
        }

        foreach (var listener in site.Listeners.Values.Where(listener => ownDatabase is not null || IsTaken(listener)))
        {
            environment[$"ISTHMUS__listeners__{listener.Name.Replace('-', '_')}__port"] = "0";
        }

        var watch = await SiteWatch.StartAsync(
            new SiteSnapshots(installation.Store.For(ZoneRole.Operator)), environment, TimeProvider.System, cancellation);
        var zones = new ZoneSet(ZoneNames.All, installation, watch, TimeProvider.System, loggers);
        return new Trial(installation, counterparts, watch, zones, scratch);
    }

    public async ValueTask DisposeAsync()
    {
        await draining.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await zones.DisposeAsync();
        await watch.DisposeAsync();
        await Counterparts.DisposeAsync();
        await Installation.DisposeAsync();
        draining.Dispose();
        Directory.Delete(scratch, recursive: true);
    }

    /// <summary>Where this trial's partners keep what they were sent; what a killed trial's left is removed.</summary>
    private static string SimulatorFolder(string data)
    {
        var all = Directory.CreateDirectory(Path.Combine(data, "simulators"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var folder in all.EnumerateDirectories().Where(folder => int.TryParse(folder.Name, out var id) && !SelfProcess.IsRunning(id)))
        {
            folder.Delete(recursive: true);
        }

        return all.CreateSubdirectory(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)).FullName;
    }

    /// <summary>Something else listens there, perhaps another demo: this one then takes any free port.</summary>
    private static bool IsTaken(ListenerSettings settings)
    {
        using var socket = new Socket(settings.Bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(settings.Bind, settings.Port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Sample patients and simulated partners have no business where another site keeps its records.</summary>
    private static async Task RefuseBesideAnotherSiteAsync(Installation installation, SiteModel site, CancellationToken cancellation)
    {
        var snapshots = new SiteSnapshots(installation.Store.For(ZoneRole.Operator));
        if (await snapshots.CurrentAsync(cancellation) is null)
        {
            return;
        }

        await using var inForce = await SiteWatch.StartAsync(snapshots, SiteOpening.EnvironmentVariables(), TimeProvider.System, cancellation);
        if (inForce.Current.Name != site.Name)
        {
            await installation.DisposeAsync();
            throw new RefusalException(new Refusal(
                "demo.other-site",
                $"This store serves {inForce.Current.Name}. Run the demo with --once, which leaves no trace, or with another folder in ISTHMUS_DATA.",
                FailureDomain.Client));
        }
    }
}
