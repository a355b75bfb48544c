using System.CommandLine;
using System.Globalization;
using Isthmus.Host.Bench;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus bench NAME</c>: figures with their bars, and the machine's own limit beside them.</summary>
internal static class BenchCommand
{
    private static readonly string[] Names = ["convert", "door", "fhir", "flow", "hl7v2", "ingest", "parse", "tokens"];

    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = $"One of: {string.Join(", ", Names)}." };
        name.AcceptOnlyFromAmong([.. Names, FhirStart.Probe]);
        var seconds = new Option<int>("--seconds") { Description = "How long each measurement lasts.", DefaultValueFactory = _ => 10 };
        var rate = new Option<double>("--rate") { Description = "Messages offered per second (flow).", DefaultValueFactory = _ => 1500 };
        var warmUp = new Option<int>("--warm-up") { Description = "Seconds at half the rate before anything is measured (flow).", DefaultValueFactory = _ => 60 };
        var json = Options.Json();
        var site = Options.Site();
        var command = new Command("bench", "Measure this machine with the product's own benchmarks.") { name, seconds, rate, warmUp, site, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(name) == FhirStart.Probe)
            {
                FhirStart.Run();
                return 0;
            }

            var lasting = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            IReadOnlyList<BenchResult> results = parsed.GetValue(name) switch
            {
                "convert" => ConvertBench.Run(parsed.GetValue(site)!, lasting, cancellation),
                "door" => [.. DoorBench.Run()],
                "fhir" => [.. FhirBench.Run(cancellation)],
                "flow" => await FlowBench.RunAsync(
                    parsed.GetValue(site)!, TimeSpan.FromSeconds(parsed.GetValue(warmUp)), lasting, parsed.GetValue(rate), step => Output.Progress.MarkupLineInterpolated($"[grey]{step} …[/]"), cancellation),
                "hl7v2" => [.. Hl7v2Bench.Run(parsed.GetValue(site)!, lasting, cancellation)],
                "ingest" => await IngestBench.RunAsync(SiteOpening.Load(parsed.GetValue(site)!), lasting, cancellation),
                "parse" => [.. ParseBench.Run()],
                "tokens" => await TokensBench.RunAsync(SiteOpening.Load(parsed.GetValue(site)!), lasting, cancellation),
                _ => [],
            };
            Print(parsed.GetValue(name)!, results, parsed.GetValue(json));
            return results.All(r => r.Ok != false) ? 0 : 1;
        });
        return command;
    }

    private static void Print(string name, IReadOnlyList<BenchResult> results, bool json)
    {
        var machine = new { cores = Environment.ProcessorCount, memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, runtime = Environment.Version.ToString() };
        if (json)
        {
            Output.Json(new { bench = name, machine, results });
            return;
        }

        var table = new Table().AddColumns("figure", "value", "unit", "machine's limit", "bar", "holds");
        foreach (var r in results)
        {
            table.AddRow(
                Markup.Escape(r.Name), Shown(r.Value), r.Unit, r.Reference is { } reference ? Shown(reference) : "",
                r.Bar is { } bar ? Shown(bar) : "", r.Ok switch { true => "yes", false => "[red]no[/]", null => "" });
        }

        Output.People.MarkupLine($"{name} on {machine.cores} cores, .NET {machine.runtime}");
        Output.People.Write(table);
    }

    private static string Shown(double value) => value.ToString(value >= 100 ? "N0" : "N2", CultureInfo.InvariantCulture);
}
