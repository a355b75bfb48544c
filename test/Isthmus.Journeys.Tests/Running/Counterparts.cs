using System.Net.Http.Json;
using System.Text.Json;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>The simulated EHR and registry: durable processes that count what took effect.</summary>
internal sealed class Counterparts : IAsyncDisposable
{
    private readonly IsthmusProcess ehr;
    private readonly IsthmusProcess registry;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(1) };

    private Counterparts(IsthmusProcess ehr, Announcement ehrIs, IsthmusProcess registry, Announcement registryIs)
    {
        this.ehr = ehr;
        this.registry = registry;
        Ehr = new Uri(ehrIs.Address);
        Registry = new Uri(registryIs.Address);
        Overrides = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ISTHMUS__destinations__ehr__base_url"] = ehrIs.Fhir!,
            ["ISTHMUS__destinations__ehr__authentication__token_url"] = ehrIs.Token!,
            ["ISTHMUS__destinations__registry__base_url"] = registryIs.Events!,
        };
    }

    public Uri Ehr { get; }

    public Uri Registry { get; }

    /// <summary>The settings that point a site at these processes.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; }

    public IEnumerable<IsthmusProcess> Processes => [ehr, registry];

    public static async Task<Counterparts> StartAsync(string folder, string keys)
    {
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        var ehr = IsthmusProcess.Start(
            none, "simulate", "ehr", "--port", "0", "--client-key", Path.Combine(keys, "ehr-client.pub"), "--data", Path.Combine(folder, "ehr"), "--with-parent", "--json");
        var registry = IsthmusProcess.Start(
            none, "simulate", "registry", "--port", "0", "--secret-file", Path.Combine(keys, "registry-webhook"), "--data", Path.Combine(folder, "registry"), "--with-parent", "--json");
        return new Counterparts(ehr, await ReadAsync(ehr), registry, await ReadAsync(registry));
    }

    /// <summary>Each resource or event a partner has, with how many contents it had and how often one came again.</summary>
    public Task<IReadOnlyList<NameCount>> NamesAsync(Uri partner) => LinesAsync<NameCount>(partner, "simulator/effects?each=name");

    /// <summary>Each delivery key a partner saw, with how many transactions took effect under it.</summary>
    public Task<IReadOnlyList<DeliveryCount>> DeliveriesAsync(Uri partner) => LinesAsync<DeliveryCount>(partner, "simulator/effects?each=delivery");

    /// <summary>Per subject the deliveries in the order in which they took effect.</summary>
    public Task<IReadOnlyList<SubjectOrder>> OrderAsync(Uri partner) => LinesAsync<SubjectOrder>(partner, "simulator/order");

    /// <summary>What a partner was sent last, as it came.</summary>
    public Task<string> ReceivedAsync(Uri partner) => http.GetStringAsync(new Uri(partner, "simulator/received?last=100"));

    /// <summary>Makes a partner misbehave.</summary>
    public async Task OrderFaultAsync(Uri partner, string kind, int count, int? milliseconds = null)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(partner, "simulator/faults"), new { kind, count, milliseconds });
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await ehr.DisposeAsync();
        await registry.DisposeAsync();
    }

    private static async Task<Announcement> ReadAsync(IsthmusProcess process)
    {
        var line = await process.Output.ReadLineAsync() ?? throw new InvalidOperationException($"A simulator did not start: {process.Complaints}");
        return JsonSerializer.Deserialize<Announcement>(line, JsonSerializerOptions.Web)!;
    }

    private async Task<IReadOnlyList<T>> LinesAsync<T>(Uri partner, string page)
    {
        var text = await http.GetStringAsync(new Uri(partner, page));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web)!)];
    }

    private sealed record Announcement(string Address, string? Fhir, string? Token, string? Events);
}

internal sealed record NameCount(string Name, int Versions, int Repeats);

internal sealed record DeliveryCount(string Delivery, int Transactions);

internal sealed record SubjectOrder(string Subject, IReadOnlyList<SubjectStep> Deliveries);

internal sealed record SubjectStep(long Sequence, string Delivery, IReadOnlyList<string> Changed);
