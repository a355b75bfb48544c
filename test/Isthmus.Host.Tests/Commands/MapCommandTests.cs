using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary><c>isthmus map</c> over a site of one's own.</summary>
public sealed class MapCommandTests : IDisposable
{
    private readonly DirectoryInfo site = Scratch.NewFolder("maps");

    public MapCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(site.FullName, "maps", "examples"));
        File.WriteAllText(Path.Combine(site.FullName, "maps", "own.yaml"), "version: 1.0.0\nmap: PID-Patient\nextends: PID-Patient\ndrop: [gender]\n");
        foreach (var file in new[] { "clinic-results.yaml", "examples/clinic-results.csv", "examples/clinic-results.json" })
        {
            File.Copy(Path.Combine(Repository.Root, "site", "demo", "maps", file), Path.Combine(site.FullName, "maps", file));
        }
    }

    public void Dispose() => site.Delete(recursive: true);

    [Fact]
    public async Task Examples_of_the_library_are_held_to_the_library_and_not_to_what_a_site_changes()
    {
        var (code, answer) = await MapAsync("test", "--site", site.FullName, "--json");

        Assert.Equal(0, code);
        Assert.Equal(0, answer.GetProperty("failed").GetInt32());
        Assert.Contains(answer.GetProperty("examples").EnumerateArray(), example => example.GetProperty("example").GetString()!.EndsWith("chemistry.hl7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_site_folder_stands_for_its_examples_and_its_maps()
    {
        var (code, answer) = await MapAsync("test", site.FullName, "--json");

        Assert.Equal(0, code);
        Assert.EndsWith("clinic-results.csv", Assert.Single(answer.GetProperty("examples").EnumerateArray()).GetProperty("example").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coverage_of_a_feed_names_the_columns_that_nothing_reads()
    {
        var file = Path.Combine(site.FullName, "rows.csv");
        await File.WriteAllTextAsync(file, "patient_id;colour;family\nP1;blue;Sample\nP2;red;Sample\n");

        var (code, answer) = await MapAsync("coverage", "--map", "clinic-results", file, "--site", site.FullName, "--json");

        Assert.Equal((0, 2), (code, answer.GetProperty("messages").GetInt32()));
        var unread = Assert.Single(answer.GetProperty("unread").EnumerateArray());
        Assert.Equal(("colour", 2), (unread.GetProperty("field").GetString(), unread.GetProperty("messages").GetInt32()));
    }

    [Fact]
    public async Task A_folder_in_which_there_is_nothing_to_check_is_said_to_have_nothing()
    {
        var empty = Directory.CreateDirectory(Path.Combine(site.FullName, "nothing"));
        await File.WriteAllTextAsync(Path.Combine(empty.FullName, "readme.txt"), "no map");

        var (code, answer, complaint) = await CommandProcess.RunAsync(
            new Dictionary<string, string> { ["ISTHMUS_HOME"] = Repository.Root, ["ISTHMUS_LIBRARY"] = string.Empty }, ["map", "check", empty.FullName]);

        Assert.Equal((1, string.Empty), (code, answer.Trim()));
        Assert.Contains("map.none-found", complaint, StringComparison.Ordinal);
        Assert.Equal(0, (await MapAsync("check", site.FullName, "--json")).Code);
    }

    private static async Task<(int Code, JsonElement Answer)> MapAsync(params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["ISTHMUS_HOME"] = Repository.Root, ["ISTHMUS_LIBRARY"] = string.Empty };
        var (code, answer, _) = await CommandProcess.RunAsync(environment, ["map", .. arguments]);
        return (code, JsonDocument.Parse(answer).RootElement);
    }
}
