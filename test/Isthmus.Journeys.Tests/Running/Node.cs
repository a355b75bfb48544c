using System.Collections.Concurrent;
using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>A running <c>isthmus serve</c>: all zones in one process, or a supervisor with a process for each.</summary>
internal sealed class Node : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Zones = ["inbound", "mediation", "outbound", "workflow", "ledger"];

    /// <summary>PostgreSQL may have to recover first, on a machine that does other things too.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, int> processes = new(StringComparer.Ordinal);
    private readonly Task announcing;

    private Node(IsthmusProcess process)
    {
        Process = process;
        announcing = ReadAnnouncementsAsync();
    }

    /// <summary>The process that was started; with zones apart it is their supervisor.</summary>
    public IsthmusProcess Process { get; }

    /// <summary>Returns when every zone says that it is ready.</summary>
    public static async Task<Node> StartAsync(IReadOnlyDictionary<string, string> environment, bool zonesApart)
    {
        string[] how = zonesApart ? [] : ["--roles", string.Join(',', Zones)];
        var node = new Node(IsthmusProcess.Start(environment, ["serve", .. how, "--json"]));
        try
        {
            await Eventually.Within(StartLimit, "every zone is ready", () => Zones.All(node.processes.ContainsKey) || node.Process.HasExited);
            Assert.False(node.Process.HasExited, $"The node ended before it was ready: {node.Process.Complaints}");
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process in which a zone runs now.</summary>
    public int ProcessOf(string zone) => processes[zone];

    /// <summary>Kills the process of one zone and returns when its successor is ready.</summary>
    public async Task KillZoneAsync(string zone)
    {
        var killed = processes[zone];
        using (var process = System.Diagnostics.Process.GetProcessById(killed))
        {
            process.Kill();
        }

        await Eventually.Within(StartLimit, $"{zone} is ready again", () => processes[zone] != killed);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            await Process.TerminateAsync();
            await Process.EndAsync(StartLimit);
        }

        await announcing;
        await Process.DisposeAsync();
    }

    private async Task ReadAnnouncementsAsync()
    {
        while (await Process.Output.ReadLineAsync() is { } line)
        {
            var ready = JsonSerializer.Deserialize<Announcement>(line, JsonSerializerOptions.Web)!;
            foreach (var zone in ready.Ready)
            {
                processes[zone] = ready.Process;
            }
        }
    }

    private sealed record Announcement(IReadOnlyList<string> Ready, int Process);
}
