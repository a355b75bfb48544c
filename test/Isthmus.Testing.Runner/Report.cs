namespace Isthmus.Testing.Runner;

/// <summary>What a run has shown, for people above and for machines in the last line.</summary>
internal static class Report
{
    private const int Slowest = 10;

    public static int Print(VsTest.Outcome run)
    {
        var failed = run.Results.Where(result => result.Outcome == "Failed").ToArray();
        var skipped = run.Results.Where(result => result.Outcome == "NotExecuted").ToArray();
        var passed = run.Results.Count(result => result.Outcome == "Passed");

        Console.WriteLine();
        Console.WriteLine($"Slowest {Slowest}:");
        foreach (var result in run.Results.OrderByDescending(result => result.Duration).Take(Slowest))
        {
            Console.WriteLine($"  {result.Duration.TotalSeconds,7:0.00} s  {result.Name}");
        }

        foreach (var reason in skipped.GroupBy(result => result.Message ?? "no reason given").OrderBy(reason => reason.Key, StringComparer.Ordinal))
        {
            Console.WriteLine();
            Console.WriteLine($"Skipped ({reason.Key}):");
            foreach (var result in reason.OrderBy(result => result.Name, StringComparer.Ordinal))
            {
                Console.WriteLine($"  {result.Name}");
            }
        }

        if (failed.Length > 0)
        {
            Console.WriteLine();
            Console.WriteLine("Failed:");
            foreach (var result in failed)
            {
                Console.WriteLine($"  {result.Name}");
            }
        }

        // A test process that crashed or hung leaves no result, but its run has failed all the same.
        var failures = failed.Length > 0 || run.ExitCode == 0 ? failed.Length : 1;
        if (failures > failed.Length)
        {
            Console.WriteLine();
            Console.WriteLine("A test process ended before its tests did.");
        }

        Console.WriteLine();
        Console.WriteLine($"Took {run.Duration.TotalSeconds:0} s.");
        Console.WriteLine($"{passed} passed, {failures} failed" + (skipped.Length > 0 ? $", {skipped.Length} skipped" : ""));
        return failures == 0 && passed > 0 ? 0 : 1;
    }
}
