using System.Net.Http.Json;
using System.Text.Json;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>A simulated hospital system that takes HL7 v2 over MLLP: a durable process that counts what took effect.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly IsthmusProcess process;
    private readonly Announcement where;
    private readonly HttpClient http = new();

    private Receiver(IsthmusProcess process, Announcement where)
    {
        this.process = process;
        this.where = where;
    }

    /// <summary>As a destination's address.</summary>
    public string Mllp => $"mllp://{where.Mllp}";

    /// <param name="forgetful">Gives a repeat a second effect.</param>
    public static async Task<Receiver> StartAsync(string folder, bool forgetful)
    {
        string[] manner = forgetful ? ["--forgetful"] : [];
        var process = IsthmusProcess.Start(
            new Dictionary<string, string>(StringComparer.Ordinal), ["simulate", "receiver", "--port", "0", "--mllp-port", "0", "--data", folder, "--with-parent", "--json", .. manner]);
        var line = await process.Output.ReadLineAsync() ?? throw new InvalidOperationException($"The receiver did not start: {process.Complaints}");
        return new Receiver(process, JsonSerializer.Deserialize<Announcement>(line, JsonSerializerOptions.Web)!);
    }

    /// <summary>What took effect, by name.</summary>
    public Task<IReadOnlyList<NameCount>> NamesAsync() => LinesAsync<NameCount>("name");

    /// <summary>How often each control id took effect.</summary>
    public Task<IReadOnlyList<DeliveryCount>> DeliveriesAsync() => LinesAsync<DeliveryCount>("delivery");

    public async Task OrderFaultAsync(object fault) =>
        (await http.PostAsJsonAsync(new Uri(where.Address, "/simulator/faults"), fault)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await process.DisposeAsync();
    }

    private async Task<IReadOnlyList<T>> LinesAsync<T>(string each)
    {
        var text = await http.GetStringAsync(new Uri(where.Address, $"/simulator/effects?each={each}"));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web)!)];
    }

    private sealed record Announcement(Uri Address, string Mllp);
}
