using System.Diagnostics;
using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary>The demo as a newcomer runs it: real processes, real sockets, the embedded store.</summary>
public sealed class DemoTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_demo_does_with_every_sample_what_the_contract_expects()
    {
        using var report = JsonDocument.Parse(await RunAsync());
        var messages = report.RootElement.GetProperty("messages").EnumerateArray().ToArray();

        var site = SiteOpening.Load(new DirectoryInfo(Repository.PathOf("site", "demo")));
        foreach (var expected in site.Contracts.SelectMany(c => c.Tests))
        {
            var file = Path.GetFileName(expected.File);
            Assert.Contains(messages, m => Text(m, "file") == file && Text(m, "outcome").Replace("-", "", StringComparison.Ordinal)
                .Equals(expected.Expect.ToString(), StringComparison.OrdinalIgnoreCase));
        }

        var audit = report.RootElement.GetProperty("audit");
        Assert.True(audit.GetProperty("verified").GetBoolean());
        Assert.True(audit.GetProperty("events").GetInt64() > messages.Length);
        Assert.True(report.RootElement.GetProperty("store").GetProperty("embedded").GetBoolean());
    }

    private static async Task<string> RunAsync()
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "isthmus.dll"), "demo", "--once", "--json", "--site", Repository.PathOf("site", "demo")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["ISTHMUS_DATA"] = TestPostgres.NewDataFolder("demo");
        start.Environment["ISTHMUS_HOME"] = Repository.Root;
        start.Environment.Remove("ISTHMUS_DATABASE");
        start.Environment.Remove("ISTHMUS_STORE");
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var answer = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, process.ExitCode);
            return answer;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string Text(JsonElement message, string name) => message.GetProperty(name).GetString()!;
}
