using System.Diagnostics;
using System.Globalization;
using Isthmus.Fhir.Definitions;
using Isthmus.Host.Running;

namespace Isthmus.Host.Bench;

/// <summary>How long the definitions take to be ready and how much memory they hold, each time in a process of their own.</summary>
internal static class FhirStart
{
    /// <summary>What the child process is asked for in place of a benchmark's name.</summary>
    public const string Probe = "fhir-start";

    private const double MillisecondsAtMost = 300;
    private const double MegabytesAtMost = 150;
    private const int Times = 5;

    public static IEnumerable<BenchResult> Measure(CancellationToken cancellation)
    {
        var runs = Enumerable.Range(0, Times).Select(_ => Child(cancellation)).OrderBy(run => run.Whole).ToArray();
        var best = runs[0]; // the one that other work of the machine disturbed least
        yield return BenchResult.AtMost("definitions ready, from the start of the process", best.Whole, "ms", MillisecondsAtMost);
        yield return BenchResult.Info("  of which the definitions", best.Definitions, "ms");
        yield return BenchResult.AtMost("  resident then", runs.Max(run => run.Megabytes), "MB", MegabytesAtMost);
    }

    /// <summary>In the child: makes the definitions ready and prints what that took.</summary>
    public static void Run()
    {
        var clock = Stopwatch.StartNew();
        var found = DefinitionSet.R4.FindStructure("Patient").Exists && DefinitionSet.R4.Find("http://hl7.org/fhir/ValueSet/administrative-gender").Exists;
        var took = clock.Elapsed.TotalMilliseconds;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(FormattableString.Invariant($"{(found ? took : double.NaN)} {process.WorkingSet64 / 1e6}"));
    }

    private static (double Whole, double Definitions, double Megabytes) Child(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(SelfProcess.StartInfo(["bench", Probe]))
            ?? throw new InvalidOperationException("The process to measure could not be started.");
        using var ended = cancellation.Register(process.Kill);
        var line = process.StandardOutput.ReadLine() ?? "";
        var whole = clock.Elapsed.TotalMilliseconds;
        process.WaitForExit();
        var figures = line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        return (whole, figures[0], figures[1]);
    }
}
