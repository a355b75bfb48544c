using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Isthmus.Testing;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>A process of the product's own binary. What it says on standard error is kept, whatever becomes of it.</summary>
internal sealed class IsthmusProcess : IAsyncDisposable
{
    public static readonly string Binary = Repository.PathOf("src", "Isthmus.Host", "bin", "Release", "net10.0", "isthmus.dll");

    private readonly Process process;
    private readonly ConcurrentQueue<string> complaints = new();
    private readonly Task complaining;

    private IsthmusProcess(Process process)
    {
        this.process = process;
        complaining = KeepComplaintsAsync();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public StreamReader Output => process.StandardOutput;

    /// <summary>What came on standard error so far.</summary>
    public string Complaints => string.Join('\n', complaints);

    public static IsthmusProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Binary, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ISTHMUS_HOME"] = Repository.Root;
        start.Environment.Remove("ISTHMUS_DATABASE");
        start.Environment.Remove("ISTHMUS_SITE");
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return new IsthmusProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL: no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as a service manager stops a service.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The exit code, once it has ended and said all it had to say.</summary>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        await process.WaitForExitAsync().WaitAsync(limit);
        await complaining.WaitAsync(limit);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        await complaining;
        process.Dispose();
    }

    private async Task KeepComplaintsAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            complaints.Enqueue(line);
        }
    }
}
