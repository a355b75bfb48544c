using System.Text;
using Isthmus.Host.Messages;
using Isthmus.Host.Running;
using Isthmus.Simulators.Lab;
using Isthmus.Store.Connections;
using Isthmus.Trust.Ledger;

namespace Isthmus.Host.Demo;

/// <summary>The sample messages of the site, sent over MLLP one after the other, and what became of each.</summary>
internal sealed class DemoRun(Trial trial, DirectoryInfo folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly Installation installation = trial.Installation;
    private readonly MessageReader reader = new(trial.Installation.Store);

    /// <summary>The patients and consents of the site's samples.</summary>
    public static Task LoadSamplesAsync(DirectoryInfo folder, Installation installation, Exchange.Contracts.SiteModel site, CancellationToken cancellation) =>
        RecordLoad.RunAsync(
            installation, site, new DirectoryInfo(Path.Combine(folder.FullName, "samples")).GetFiles("*.ndjson"), cancellation);

    /// <summary>Sends the scenes and reports what became of each.</summary>
    public async Task<DemoReport> PlayAsync(Action<DemoMessage> shown, CancellationToken cancellation)
    {
        await using var client = await MllpClient.ConnectAsync(
            trial.Listener.Address.ToString(), trial.Listener.Port, new MllpOptions(), TimeProvider.System, cancellation);
        var sent = new List<(DemoScene Scene, MllpAnswer Answer)>();
        foreach (var scene in DemoScenes.All)
        {
            if (scene.EhrFailures > 0)
            {
                await trial.Counterparts.LetEhrFailAsync(scene.EhrFailures, cancellation);
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

        var verdict = await new LedgerVerifier(installation.Store.For(ZoneRole.Operator)).VerifyAsync(trial.Site.Tenant.Id, null, cancellation);
        return new DemoReport(
            messages,
            new DemoAudit(verdict.Events, verdict.Verified),
            new DemoStore(installation.Embedded is not null, await installation.ServerVersionAsync(cancellation)));
    }

    /// <summary>Everything about one message of the demo, as <c>message show</c> prints it.</summary>
    public Task<MessageView?> TraceAsync(DemoMessage message, CancellationToken cancellation) =>
        message.Id is { } id ? reader.FindAsync(id, cancellation) : Task.FromResult<MessageView?>(null);

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
