using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Host.Tests.Commands;

/// <summary>Loading persons: what is not FHIR is told of with its line, and the rest is loaded.</summary>
public sealed class RecordsCommandTests : IAsyncLifetime
{
    private readonly string folder = Scratch.NewFolder("records").FullName;
    private TestStore store = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        SiteKeys.CreateMissing(SiteOpening.Load(new DirectoryInfo(DemoSite())), new KeyFolder(folder));
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_patient_that_does_not_conform_is_left_out_with_its_line_and_the_others_are_registered()
    {
        var file = Path.Combine(folder, "people.ndjson");
        await File.WriteAllLinesAsync(file,
        [
            """{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.840.1.113883.3.1","value":"A1"}],"name":[{"family":"Sample","given":["One"]}],"gender":"female","birthDate":"1970-01-01"}""",
            """{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.840.1.113883.3.1","value":"A2"}],"name":[{"family":"Sample","given":["Two"]}],"gender":"femal","birthDate":"1970-13-01"}""",
        ]);

        var (code, answer, _) = await CommandProcess.RunAsync(store, folder, "records", "load", file, "--site", DemoSite(), "--json");

        var loaded = JsonDocument.Parse(answer).RootElement;
        Assert.Equal(1, code);
        Assert.Equal(1, loaded.GetProperty("registered").GetInt32());
        Assert.Equal(
            [("fhir.binding.required", "people.ndjson:2 Patient.gender"), ("fhir.value.date", "people.ndjson:2 Patient.birthDate")],
            loaded.GetProperty("findings").EnumerateArray().Select(f => (f.GetProperty("rule").GetString()!, f.GetProperty("location").GetString()!)).Order());
        Assert.DoesNotContain("femal\"", answer, StringComparison.Ordinal);
    }

    private static string DemoSite()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "site", "demo")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, "site", "demo");
    }
}
