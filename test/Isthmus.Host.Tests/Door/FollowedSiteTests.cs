using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Testing;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Host.Tests.Door;

/// <summary>The doors are those of the site in force: opened, closed and told of proxies without a restart.</summary>
public sealed class FollowedSiteTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly KeyFolder keys = new(Scratch.NewFolder("door").FullName);
    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private TestStore store = null!;
    private SiteModel site = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        var demo = SiteOpening.Load(new DirectoryInfo(Repository.PathOf("site", "demo")));
        site = demo with { Listeners = new Dictionary<string, ListenerSettings> { ["api"] = demo.Listeners["api"] with { Port = 0 } } };
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        stop.Dispose();
        await store.DisposeAsync();
        Directory.Delete(keys.Place, recursive: true);
    }

    [Fact]
    public async Task A_second_door_opens_and_the_first_closes_as_the_site_says()
    {
        SiteKeys.CreateMissing(site, keys);
        await using var zone = Zone();
        var running = zone.RunAsync(stop.Token);
        await AnswersAsync(zone, "api");
        var first = zone.Endpoints["api"];

        site = site with { Listeners = new Dictionary<string, ListenerSettings>(site.Listeners) { ["partners"] = site.Listeners["api"] with { Name = "partners" } } };
        await AnswersAsync(zone, "partners");
        Assert.Equal(first, zone.Endpoints["api"]);

        site = site with { Listeners = site.Listeners.Where(l => l.Key == "partners").ToDictionary() };
        await Eventually.Within(Soon, "the first is closed", () => Task.FromResult(!zone.Endpoints.ContainsKey("api")));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://{first}/fhir/metadata")));
        await AnswersAsync(zone, "partners");
        await EndAsync(running);
    }

    [Fact]
    public async Task A_site_that_begins_to_let_third_parties_in_opens_its_door_once_its_keys_are_there_and_shuts_it_again()
    {
        var access = site.Access;
        site = site with { Access = null };
        await using var zone = Zone();
        var running = zone.RunAsync(stop.Token);
        Assert.Empty(zone.Endpoints);

        site = site with { Access = access };
        SiteKeys.CreateMissing(site, keys);
        await AnswersAsync(zone, "api");

        site = site with { Access = null };
        await Eventually.Within(Soon, "it is shut", () => Task.FromResult(zone.Endpoints.Count == 0));
        Assert.False(running.IsCompleted);
        await EndAsync(running);
    }

    private ApiZone Zone() => new(store.Access, keys, () => site, null, TimeProvider.System, NullLoggerFactory.Instance);

    private async Task EndAsync(Task running)
    {
        await stop.CancelAsync();
        await running;
    }

    private Task AnswersAsync(ApiZone zone, string door) => Eventually.Within(Soon, $"{door} answers", async () =>
    {
        if (!zone.Endpoints.TryGetValue(door, out var endpoint))
        {
            return false;
        }

        using var answer = await http.GetAsync(new Uri($"http://{endpoint}/fhir/metadata"));
        return answer.StatusCode == HttpStatusCode.OK;
    });
}
