using System.Net;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Snapshots;
using Isthmus.Host.Messages;
using Isthmus.Host.Running;
using Isthmus.Simulators.Lab;
using Isthmus.Store.Connections;
using Isthmus.Trust.Ledger;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Demo;

/// <summary>
/// Everything on one machine: store, zones, simulated EHR and registry, and the sample messages of the site sent over MLLP
/// one after the other.
/// </summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly Installation installation;
    private readonly Counterparts counterparts;
    private readonly SiteWatch watch;
    private readonly ZoneSet zones;
    private readonly CancellationTokenSource draining = new();
    private readonly Task running;
    private readonly DirectoryInfo folder;
    private readonly MessageReader reader;

    private DemoRun(Installation installation, Counterparts counterparts, SiteWatch watch, ZoneSet zones, DirectoryInfo folder)
    {
        this.installation = installation;
        this.counterparts = counterparts;
        this.watch = watch;
        this.zones = zones;
        this.folder = folder;
        reader = new MessageReader(installation.Store);
        running = zones.RunAsync(draining.Token);
    }

    public SiteModel Site => watch.Current;

    public IPEndPoint Listener => zones.Endpoints.Values.First();

    /// <summary>Faults when a zone has fallen.</summary>
    public Task Running => running;

    public static async Task<DemoRun> StartAsync(DirectoryInfo folder, bool freshDatabase, Action<string> tell, ILoggerFactory loggers, CancellationToken cancellation)
    {
        tell("Starting PostgreSQL");
        var installation = await Installation.OpenAsync(
            Enum.GetValues<ZoneRole>(), loggers, cancellation, freshDatabase ? $"demo_{Environment.ProcessId}" : null);
        var site = SiteOpening.Load(folder);
        SiteKeys.CreateMissing(site, installation.Keys);

        tell("Starting the EHR and the registry");
        var simulators = Path.Combine(Path.GetTempPath(), $"isthmus-demo-{Environment.ProcessId}");
        var counterparts = await Counterparts.StartAsync(site, installation.Keys, simulators, cancellation);

        tell("Applying the site, registering patients and consents");
        await SiteOpening.ApplyAsync(installation, site, cancellation);
        await RecordLoad.RunAsync(
            installation, site, new DirectoryInfo(Path.Combine(folder.FullName, "samples")).GetFiles("*.ndjson"), cancellation);

        tell("Opening the zones");
        var environment = SiteOpening.EnvironmentVariables().ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in counterparts.Overrides.Append(new("ISTHMUS__listeners__lab__port", "0")))
        {
            environment[key] = value;
        }

        var watch = await SiteWatch.StartAsync(
            new SiteSnapshots(installation.Store.For(ZoneRole.Operator)), environment, TimeProvider.System, cancellation);
        var zones = new ZoneSet(ZoneNames.All, installation, watch, TimeProvider.System, loggers);
        return new DemoRun(installation, counterparts, watch, zones, folder);
    }

    /// <summary>Sends the scenes and reports what became of each.</summary>
    public async Task<DemoReport> PlayAsync(Action<DemoMessage> shown, CancellationToken cancellation)
    {
        await using var client = await MllpClient.ConnectAsync(
            Listener.Address.ToString(), Listener.Port, new MllpOptions(), TimeProvider.System, cancellation);
        var sent = new List<(DemoScene Scene, MllpAnswer Answer)>();
        foreach (var scene in DemoScenes.All)
        {
            if (scene.EhrFailures > 0)
            {
                await counterparts.LetEhrFailAsync(scene.EhrFailures, cancellation);
            }

            var answer = await client.SendAsync(await ReadSampleAsync(scene, cancellation), cancellation);
            sent.Add((scene, answer));
            shown(await SettledAsync(scene, answer, cancellation));
        }

        await UntilQuietAsync(cancellation);
        var messages = new List<DemoMessage>();
        foreach (var (scene, answer) in sent)
        {
            messages.Add(await SettledAsync(scene, answer, cancellation));
        }

        var verdict = await new LedgerVerifier(installation.Store.For(ZoneRole.Operator)).VerifyAsync(Site.Tenant.Id, null, cancellation);
        return new DemoReport(
            messages,
            new DemoAudit(verdict.Events, verdict.Verified),
            new DemoStore(installation.Embedded is not null, await installation.ServerVersionAsync(cancellation)));
    }

    public async ValueTask DisposeAsync()
    {
        await draining.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await zones.DisposeAsync();
        await watch.DisposeAsync();
        await counterparts.DisposeAsync();
        await installation.DisposeAsync();
        draining.Dispose();
    }

    private async Task<byte[]> ReadSampleAsync(DemoScene scene, CancellationToken cancellation)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "samples", "messages", scene.File), cancellation);
        return Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r"));
    }

    /// <summary>The message as soon as it is no longer in progress, or as it is when patience ends.</summary>
    private async Task<DemoMessage> SettledAsync(DemoScene scene, MllpAnswer answer, CancellationToken cancellation)
    {
        if (!answer.IsAccepted)
        {
            FindingView[] findings = [new(answer.RuleId ?? "refused", "error", "MSH", answer.Text ?? string.Empty)];
            var controlId = answer.ControlId.Length == 0 ? null : answer.ControlId;
            return new DemoMessage(null, controlId, scene.File, scene.Title, answer.Code, "refused", null, [], findings, [], [], [], []);
        }

        var patience = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = (await reader.UnderControlIdAsync(answer.ControlId, cancellation))[0];
            if (found.Outcome != "in-progress" || TimeProvider.System.GetElapsedTime(patience) > Patience)
            {
                return new DemoMessage(
                    found.Id, found.ControlId, scene.File, scene.Title, answer.Code, found.Outcome, found.Patient, found.Resources,
                    found.Findings, found.Decisions, found.Deliveries, found.Tasks, found.Steps);
            }

            await Task.Delay(Pace, cancellation);
        }
    }

    /// <summary>Waits until every signal has become a task and every event is chained.</summary>
    private async Task UntilQuietAsync(CancellationToken cancellation)
    {
        var patience = TimeProvider.System.GetTimestamp();
        await using var command = installation.Store.For(ZoneRole.Operator).CreateCommand(
            "SELECT (SELECT count(*) FROM exchange.signal) + (SELECT count(*) FROM ledger.pending)");
        while ((long)(await command.ExecuteScalarAsync(cancellation))! > 0 && TimeProvider.System.GetElapsedTime(patience) < Patience)
        {
            await Task.Delay(Pace, cancellation);
        }
    }
}
