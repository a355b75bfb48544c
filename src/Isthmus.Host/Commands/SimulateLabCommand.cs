using System.CommandLine;
using System.Globalization;
using Isthmus.Host.Sending;
using Isthmus.Host.Terminal;
using Isthmus.Simulators.Lab;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary>
/// <c>isthmus simulate lab HOST:PORT</c>: sends a laboratory's traffic until all of it is acknowledged. Stopped or killed,
/// it goes on where it was when it is started again with the same journal.
/// </summary>
internal static class SimulateLabCommand
{
    private static readonly Argument<string> Target = new("HOST:PORT") { Description = "Where to send." };

    private static readonly Option<int> Seed = new("--seed") { Description = "One seed, one traffic.", DefaultValueFactory = _ => 1 };

    private static readonly Option<int> Patients = new("--patients") { Description = "Size of the population.", DefaultValueFactory = _ => 1000 };

    private static readonly Option<long?> Count = new("--count") { Description = "Messages in all; without it until stopped." };

    private static readonly Option<double?> Rate = new("--rate") { Description = "Messages per second; without it as fast as they are acknowledged." };

    private static readonly Option<int> Connections = new("--connections") { Description = "Connections at once.", DefaultValueFactory = _ => 1 };

    private static readonly Option<int> Window = new("--window") { Description = "Frames sent ahead of their answers.", DefaultValueFactory = _ => 1 };

    private static readonly Option<string?> Prefix = new("--prefix") { Description = "Begins control ids and order numbers, so that runs of one seed differ." };

    private static readonly Option<FileInfo?> Journal = new("--journal") { Description = "The file that remembers what was acknowledged." };

    public static Command Create()
    {
        var json = Options.Json();
        var command = new Command("lab", "Send generated ORU^R01 results over MLLP until every one is acknowledged.")
        {
            Target, Seed, Patients, Count, Rate, Connections, Window, Prefix, Journal, json,
        };
        command.SetAction(async (parse, cancel) =>
        {
            var (host, port) = MllpTarget.Parse(parse.GetValue(Target)!);
            var lab = new LabSimulator(
                new LabOptions
                {
                    Host = host,
                    Port = port,
                    Seed = parse.GetValue(Seed),
                    Patients = parse.GetValue(Patients),
                    Count = parse.GetValue(Count) ?? long.MaxValue,
                    Rate = parse.GetValue(Rate),
                    Connections = parse.GetValue(Connections),
                    Window = parse.GetValue(Window),
                    JournalFile = parse.GetValue(Journal)?.FullName,
                    Messages = new() { Prefix = parse.GetValue(Prefix) },
                },
                TimeProvider.System);
            var report = await lab.RunAsync(cancel);
            Print(report, parse.GetValue(json));
            return report.Refused == 0 && !cancel.IsCancellationRequested ? 0 : 1;
        });
        return command;
    }

    private static void Print(LabReport report, bool json)
    {
        if (json)
        {
            Output.Json(new
            {
                simulator = "lab",
                report.Accepted,
                report.Refused,
                report.Resent,
                report.Reconnects,
                seconds = Math.Round(report.Elapsed.TotalSeconds, 3),
                perSecond = Math.Round(report.PerSecond, 1),
                medianMs = Math.Round(report.Median.TotalMilliseconds, 3),
                p99Ms = Math.Round(report.P99.TotalMilliseconds, 3),
                slowestMs = Math.Round(report.Slowest.TotalMilliseconds, 3),
            });
            return;
        }

        Output.People.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{report.Accepted} accepted, {report.Refused} refused in {report.Elapsed.TotalSeconds:F1} s ({report.PerSecond:F0}/s); resent {report.Resent} over {report.Reconnects} new connections; answers in {report.Median.TotalMilliseconds:F2} ms (p99 {report.P99.TotalMilliseconds:F2} ms)");
    }
}
