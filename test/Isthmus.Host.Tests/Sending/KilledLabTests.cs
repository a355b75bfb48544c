using System.Diagnostics;
using System.Text.Json;
using Isthmus.Simulators.Tests.Lab;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Sending;

/// <summary>The laboratory as a process of its own, killed without warning.</summary>
public sealed class KilledLabTests : IDisposable
{
    private const int Count = 2000;

    private readonly string journal = Path.Combine(Scratch.NewFolder("lab").FullName, "acknowledged");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(journal)!, recursive: true);

    [Fact]
    public async Task It_goes_on_where_it_was_and_loses_nothing()
    {
        var halfway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = new ScriptedReceiver((frame, _) =>
        {
            if (frame == Count / 2)
            {
                halfway.SetResult();
            }

            return Reaction.Accept;
        });

        using (var first = Start(receiver.Port))
        {
            await halfway.Task.WaitAsync(TimeSpan.FromSeconds(30));
            first.Kill();
            await first.WaitForExitAsync();
        }

        var acknowledged = File.ReadLines(journal).Skip(1).Where(line => line.EndsWith(" AA", StringComparison.Ordinal)).ToHashSet();
        Assert.InRange(acknowledged.Count, 1, Count - 1);
        var before = receiver.Taken.Count;

        using var second = Start(receiver.Port);
        var report = JsonDocument.Parse(await second.StandardOutput.ReadToEndAsync()).RootElement;
        await second.WaitForExitAsync();

        Assert.Equal(0, second.ExitCode);
        Assert.Equal(Count - acknowledged.Count, report.GetProperty("accepted").GetInt64());
        Assert.All(receiver.Taken.Skip(before), id => Assert.DoesNotContain($"{id["N9-".Length..]} AA", acknowledged));
        Assert.Equal(Count, receiver.Taken.Distinct().Count());
    }

    private Process Start(int port)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "isthmus.dll"), "simulate", "lab", $"127.0.0.1:{port}",
            "--seed", "9", "--patients", "100", "--count", $"{Count}", "--connections", "4", "--journal", journal, "--json",
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }
}
