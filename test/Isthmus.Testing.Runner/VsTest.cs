using System.Diagnostics;

namespace Isthmus.Testing.Runner;

/// <summary>Runs test assemblies under the SDK's own test platform, each in a process of its own, and shows what matters as it comes.</summary>
internal static class VsTest
{
    /// <summary>The reference machine has two cores, and journeys bring processes of their own.</summary>
    private const int AtOnce = 2;

    /// <summary>A test that has not ended by then has hung: its process is ended and the run fails.</summary>
    private const string HangsAfter = "5m";

    internal sealed record Outcome(int ExitCode, IReadOnlyList<TestResult> Results, TimeSpan Duration);

    public static async Task<Outcome> RunAsync(string home, Selection selection)
    {
        var results = Path.Combine(home, ".isthmus", "test-results");
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        var start = new ProcessStartInfo("dotnet", Arguments(selection, results))
        {
            WorkingDirectory = home,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!IsNoise(line))
            {
                Console.WriteLine(line);
            }
        }

        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, TestResult.ReadAll(results), watch.Elapsed);
    }

    private static IEnumerable<string> Arguments(Selection selection, string results)
    {
        string[] filter = selection.TestName is null ? [] : ["--filter", $"FullyQualifiedName~{selection.TestName}"];
        return
        [
            "test", .. selection.Assemblies, .. filter,
            "--results-directory", results, "--logger", "trx", "--logger", "console;verbosity=minimal",
            "--blame-hang-timeout", HangsAfter, "--blame-hang-dump-type", "none",
            "--", $"RunConfiguration.MaxCpuCount={AtOnce}",
        ];
    }

    private static bool IsNoise(string line) =>
        line.Length == 0
        || line.Contains("[SKIP]", StringComparison.Ordinal)
        || line.StartsWith("  Skipped ", StringComparison.Ordinal)
        || line.StartsWith("VSTest version", StringComparison.Ordinal)
        || line.StartsWith("Starting test execution", StringComparison.Ordinal)
        || line.StartsWith("A total of ", StringComparison.Ordinal)
        || line.StartsWith("Results File:", StringComparison.Ordinal)
        || line.StartsWith("No test matches", StringComparison.Ordinal)
        || line.StartsWith("Data collector 'Blame'", StringComparison.Ordinal)
        || line.StartsWith("Attachments:", StringComparison.Ordinal)
        || line.Contains("/test-results/", StringComparison.Ordinal);
}
