using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary>Switches as an operator turns them: the command line as a process, on a real store.</summary>
public sealed class SwitchCommandTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync([.. Modules.WithMigrations]);

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_route_is_switched_off_listed_with_who_and_why_and_switched_on_again()
    {
        var (off, said, _) = await RunAsync("switch", "off", "route", "fhir-read", "--reason", "Wrong patients shown", "--as", "nora", "--json");
        Assert.Equal(0, off);
        Assert.True(JsonDocument.Parse(said).RootElement.GetProperty("changed").GetBoolean());

        var (_, listed, _) = await RunAsync("switch", "list", "--json");
        var one = Assert.Single(JsonDocument.Parse(listed).RootElement.EnumerateArray());
        Assert.Equal(("route", "fhir-read", "nora", "Wrong patients shown"), (Text(one, "kind"), Text(one, "target"), Text(one, "offBy"), Text(one, "reason")));

        Assert.Equal(0, (await RunAsync("switch", "on", "route", "fhir-read", "--reason", "Put right")).Code);
        Assert.Equal("[]", (await RunAsync("switch", "list", "--json")).Answer.Trim());
    }

    [Theory]
    [InlineData("route", "fhir-raed")]
    [InlineData("client", "nobody")]
    [InlineData("scope", "system/Patient.rsx")]
    [InlineData("kettle", "on")]
    public async Task What_would_stop_nothing_is_refused(string kind, string target)
    {
        Assert.NotEqual(0, (await RunAsync("switch", "off", kind, target, "--reason", "in a test")).Code);
        Assert.Equal("[]", (await RunAsync("switch", "list", "--json")).Answer.Trim());
    }

    [Fact]
    public async Task Nothing_is_switched_without_a_reason() =>
        Assert.NotEqual(0, (await RunAsync("switch", "off", "route", "fhir-read")).Code);

    [Fact]
    public async Task Quotas_are_shown_with_what_is_left()
    {
        await store.ExecuteAsOwnerAsync(
            "SELECT access.lease_tokens('{1}', '{demo}', '{renal-app}', '{fhir-read}', '{Observation}', '{interactive}', '{0.001}', '{10}', '{4}')");

        var (_, shown, _) = await RunAsync("quota", "show", "--json");

        var one = Assert.Single(JsonDocument.Parse(shown).RootElement.EnumerateArray());
        Assert.Equal(("renal-app", "fhir-read", "Observation", 6, 10), (
            Text(one, "client"), Text(one, "route"), Text(one, "resource"), one.GetProperty("remaining").GetInt32(), one.GetProperty("burst").GetInt32()));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private Task<(int Code, string Answer, string Complaint)> RunAsync(params string[] arguments) =>
        CommandProcess.RunAsync(store, store.Credentials.Folder, arguments);
}
