using System.CommandLine;
using Isthmus.Host.Demo;
using Isthmus.Host.Messages;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus demo</c>: everything on one machine, with sample traffic.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var site = new Option<DirectoryInfo>("--site") { Description = "The site folder.", DefaultValueFactory = _ => Options.DemoSite() };
        var once = new Option<bool>("--once") { Description = "Send the samples, print what became of them, and end." };
        var json = Options.Json();
        var command = new Command("demo", "Everything on one machine: embedded store, simulated EHR and registry, sample messages.") { site, once, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(site)!, parsed.GetValue(once), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(DirectoryInfo site, bool once, bool json, CancellationToken cancellation)
    {
        void Tell(string step) => Output.Progress.MarkupLineInterpolated($"[grey]{step} …[/]");
        using var loggers = Logging.Create();
        await using var trial = await Trial.StartAsync(
            site, once ? $"demo_{Environment.ProcessId}" : null,
            (installation, model, stop) => DemoRun.LoadSamplesAsync(site, installation, model, stop), Tell, loggers, cancellation);
        if (!json)
        {
            Output.People.MarkupLineInterpolated($"Listening for MLLP on [bold]{trial.Listener}[/]. Sending {DemoScenes.All.Count} messages.");
            Output.People.WriteLine();
        }

        var demo = new DemoRun(trial, site);
        var report = await demo.PlayAsync(m => Show(m, json), cancellation);
        if (json)
        {
            Output.Json(report);
        }
        else
        {
            Summarise(report);
            if (await demo.TraceAsync(report.Messages.First(m => m.File == DemoScenes.Traced), cancellation) is { } traced)
            {
                Output.People.WriteLine();
                MessagePage.Write(Output.People, traced);
            }
        }

        if (!once)
        {
            await StayAsync(trial, cancellation);
        }

        return report.Audit.Verified ? 0 : 1;
    }

    private static void Show(DemoMessage message, bool json)
    {
        if (json)
        {
            return;
        }

        Output.People.MarkupInterpolated($"[bold]{message.Title}[/]  [grey]{message.File}[/]  {message.Ack}  ");
        Output.People.Write(MessagePage.Colour(message.Outcome));
        Output.People.WriteLine();
        foreach (var (decision, delivery) in message.Decisions.Zip(message.Deliveries))
        {
            Output.People.MarkupLineInterpolated(
                $"    {decision.Destination,-9} {delivery.Status,-10} {decision.Purpose}: {decision.Effect}, {decision.Reason}{(delivery.Attempts > 1 ? $", after {delivery.Attempts} attempts" : "")}");
        }

        foreach (var finding in message.Findings)
        {
            Output.People.MarkupLineInterpolated($"    [grey]{finding.Rule} at {finding.Location}[/]");
        }
    }

    private static void Summarise(DemoReport report)
    {
        Output.People.WriteLine();
        MessagePage.Tasks(Output.People, report.Messages.SelectMany(m => m.Tasks).DistinctBy(t => t.Id));
        Output.People.MarkupLineInterpolated(
            $"Audit: {report.Audit.Events} events, {(report.Audit.Verified ? "chain verified" : "CHAIN BROKEN")}. Store: PostgreSQL {report.Store.Version}{(report.Store.Embedded ? ", embedded" : "")}.");
    }

    private static async Task StayAsync(Trial trial, CancellationToken cancellation)
    {
        Output.People.WriteLine();
        Output.People.MarkupLine("Running until Ctrl+C. In another terminal:");
        Output.People.MarkupLine("    ./isthmus message list");
        Output.People.MarkupLine("    ./isthmus message show 2");
        Output.People.MarkupLine("    ./isthmus task list");
        Output.People.MarkupLineInterpolated($"    ./isthmus send mllp {trial.Listener} site/demo/samples/messages/normal.hl7");
        await Task.WhenAny(trial.Running, Task.Delay(Timeout.Infinite, cancellation)).ConfigureAwait(false);
    }
}
