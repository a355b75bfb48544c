using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Exchange.Packs;
using Isthmus.Simulators.Receiver;
using Isthmus.Testing;

namespace Isthmus.Outbound.Tests;

/// <summary>A simulated receiver of HL7 v2, the settings that lead to it, and messages for it.</summary>
internal sealed class Receiving : IAsyncDisposable
{
    private readonly string folder = Scratch.NewFolder("receiver").FullName;
    private readonly HttpClient client = new();

    public ReceiverSimulator Simulator { get; private set; } = null!;

    public static async Task<Receiving> StartAsync(bool recognisesRepeats = true, System.Net.Security.SslServerAuthenticationOptions? tls = null)
    {
        var receiving = new Receiving();
        receiving.Simulator = await ReceiverSimulator.StartAsync(
            new ReceiverOptions { DataFolder = receiving.folder, RecognisesRepeats = recognisesRepeats, Tls = tls }, CancellationToken.None);
        return receiving;
    }

    public DestinationSettings Settings(
        MllpAcknowledgement acknowledgement = MllpAcknowledgement.Original, bool recognisesRepeats = true, int timeoutMs = 10_000) => new()
    {
        Name = "ward",
        Kind = ConnectorKind.Mllp,
        BaseUrl = new Uri($"mllp://127.0.0.1:{Simulator.MllpPort}"),
        Exposure = Exposure.Internal,
        Authentication = DestinationAuthentication.Network,
        TokenUrl = null,
        ClientId = null,
        Key = null,
        Timeout = TimeSpan.FromMilliseconds(timeoutMs),
        Concurrency = 1,
        Mllp = new MllpTerms(acknowledgement, recognisesRepeats, null),
    };

    public static PackedResource Message(string order, string value = "4.1", string patient = "P1") => new(
        DeliverySeal.MessageType, order,
        Encoding.UTF8.GetBytes($"MSH|^~\\&|ISTHMUS|ST_ELSEWHERE|WARD|ST_ELSEWHERE|20261120080000||ORU^R01^ORU_R01||P|2.5.1\rPID|1||{patient}\rOBR|1|PL|{order}|BMP\rOBX|1|NM|K||{value}\r"));

    public async Task OrderFaultAsync(object fault) =>
        (await client.PostAsJsonAsync(new Uri(Simulator.Address, "/simulator/faults"), fault)).EnsureSuccessStatusCode();

    public async Task<JsonObject> EffectsAsync(string query = "") =>
        (await client.GetFromJsonAsync<JsonObject>(new Uri(Simulator.Address, $"/simulator/effects{query}")))!;

    /// <summary>Transactions, and transactions under a control id that had taken effect before.</summary>
    public async Task<(int Transactions, int Repeated)> CountsAsync()
    {
        var effects = await EffectsAsync();
        return ((int)effects["transactions"]!, (int)effects["repeatedDeliveries"]!);
    }

    /// <summary>The messages as received, oldest first.</summary>
    public async Task<string[]> ReceivedAsync()
    {
        var lines = await client.GetStringAsync(new Uri(Simulator.Address, "/simulator/received?last=1000"));
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["body"]!)];
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Simulator.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
