using System.Text.Json;
using Isthmus.Governance.Snapshots;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary><c>isthmus site check</c> and <c>apply</c> as a person calls them.</summary>
public sealed class SiteCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Scratch.NewFolder("site");
    private readonly DirectoryInfo keys = Scratch.NewFolder("keys");
    private TestStore store = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        var demo = Repository.PathOf("site", "demo");
        foreach (var file in Directory.EnumerateFiles(demo, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.FullName, Path.GetRelativePath(demo, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Delete(recursive: true);
        keys.Delete(recursive: true);
    }

    [Fact]
    public async Task Check_names_the_faults_of_every_module_by_file_and_line()
    {
        Change("isthmus.yaml", "queue-age: 10m", "queue-age: soon");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "maps"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "maps", "PID.yaml"), "version: 1.0.0\nmap: PID-Patient\nsegment: PID\nresource: Patents\nrules: []\n");
        Change("workflows/critical-result.yaml", "starts-on: critical-result", "starts-off: critical-result");

        var (code, answer, complaint) = await RunAsync("check", folder.FullName);

        Assert.Equal(1, code);
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"^[a-z0-9/._A-Z-]+:\d+: .+ \[[a-z0-9.-]+\]$", line));
        Assert.Contains(lines, line => line.StartsWith("isthmus.yaml:", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("maps/PID.yaml:", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("workflows/critical-result.yaml:", StringComparison.Ordinal));
        Assert.Contains($"{lines.Length} faults", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_counts_for_each_destination_what_goes_out_and_apart_what_is_held()
    {
        var before = await ContractAsync();
        Change("integrations/lab-results.yaml", "source: MSH-5, rule: optional", "source: MSH-5, rule: unconfirmed");

        var after = await ContractAsync();

        Assert.Equal((0, 1), (before.GetProperty("unconfirmed").GetInt32(), after.GetProperty("unconfirmed").GetInt32()));
        Assert.Equal(before.GetProperty("fields").GetInt32(), after.GetProperty("fields").GetInt32());
        Assert.Equal(ToEhr(before) - 1, ToEhr(after));
        var (_, answer, _) = await RunAsync("check", folder.FullName);
        Assert.Contains($", {ToEhr(after)} to ehr, ", answer, StringComparison.Ordinal);
        Assert.Contains(", 1 held until confirmed", answer, StringComparison.Ordinal);

        static int ToEhr(JsonElement contract) => contract.GetProperty("crossing").GetProperty("ehr").GetInt32();
        async Task<JsonElement> ContractAsync() => (await AnswerAsync("check", folder.FullName, "--json"))
            .GetProperty("contracts").EnumerateArray().Single(c => c.GetProperty("contract").GetString()!.StartsWith("lab-results@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sound_site_is_applied_once_and_one_with_faults_not_at_all()
    {
        var first = await AnswerAsync("apply", folder.FullName, "--json");
        Assert.True(first.GetProperty("changed").GetBoolean());
        Assert.False((await AnswerAsync("apply", folder.FullName, "--json")).GetProperty("changed").GetBoolean());

        Change("isthmus.yaml", "queue-age: 10m", "queue-age: soon");
        var (code, answer, _) = await RunAsync("apply", folder.FullName, "--json");

        Assert.Equal(1, code);
        Assert.False(JsonDocument.Parse(answer).RootElement.GetProperty("ok").GetBoolean());
        var inForce = await new SiteSnapshots(store.For(ZoneRole.Inbound)).CurrentAsync(CancellationToken.None);
        Assert.Equal(first.GetProperty("version").GetString(), inForce!.Version);
    }

    [Theory]
    [InlineData("records")]
    [InlineData("mediation.seal.key")]
    public async Task A_lost_key_is_named_and_never_replaced_by_another(string lost)
    {
        await AnswerAsync("apply", folder.FullName, "--json");
        var file = Path.Combine(keys.FullName, lost);
        File.Delete(file);

        var (code, _, complaint) = await RunAsync("apply", folder.FullName);

        Assert.Equal(1, code);
        Assert.Contains($"key.lost: The key {lost} is not in", complaint, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    private void Change(string path, string from, string to)
    {
        var file = Path.Combine(folder.FullName, path);
        var text = File.ReadAllText(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }

    private async Task<JsonElement> AnswerAsync(params string[] arguments)
    {
        var (code, answer, complaint) = await RunAsync(arguments);
        Assert.True(code == 0, answer + complaint);
        return JsonDocument.Parse(answer).RootElement;
    }

    private Task<(int Code, string Answer, string Complaint)> RunAsync(params string[] arguments) =>
        CommandProcess.RunAsync(store, keys.FullName, ["site", .. arguments]);
}
