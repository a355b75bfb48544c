using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Simulators.Lab;
using Isthmus.Simulators.Receiver;
using Isthmus.Testing;

namespace Isthmus.Simulators.Tests.Receiver;

public sealed class ReceiverTests : IAsyncLifetime
{
    private readonly string folder = Scratch.NewFolder("receiver").FullName;
    private readonly HttpClient client = new();
    private ReceiverSimulator receiver = null!;

    public async Task InitializeAsync() => receiver = await StartAsync(recognisesRepeats: true);

    public async Task DisposeAsync()
    {
        client.Dispose();
        await receiver.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Effects_are_counted_per_filler_order_number_and_outlive_the_process()
    {
        Assert.Equal("AA", await AskAsync(Result("C1", "F1", "4.1")));
        Assert.Equal("AA", await AskAsync(Result("C2", "F1", "5.9")));
        Assert.Equal("AA", await AskAsync(Result("C3", "F2", "4.1")));
        await receiver.DisposeAsync();
        receiver = await StartAsync(recognisesRepeats: true);

        Assert.Equal((2, 0), await CountAsync("OBR/F1"));
        Assert.Equal((1, 0), await CountAsync("OBR/F2"));
    }

    [Fact]
    public async Task A_repeated_control_id_has_no_second_effect_unless_it_forgets()
    {
        Assert.Equal("AA", await AskAsync(Result("C1", "F1", "4.1")));
        Assert.Equal("AA", await AskAsync(Result("C1", "F1", "4.1")));
        Assert.Equal((1, 0), await CountAsync("OBR/F1"));
        await receiver.DisposeAsync();
        receiver = await StartAsync(recognisesRepeats: false);

        Assert.Equal("AA", await AskAsync(Result("C1", "F1", "4.1")));

        Assert.Equal((1, 1), await CountAsync("OBR/F1"));
        Assert.Equal(1, (int)(await PageAsync("effects"))["repeatedDeliveries"]!);
    }

    [Theory]
    [InlineData("AE")]
    [InlineData("AR")]
    [InlineData("CR")]
    public async Task A_refusal_on_order_has_no_effect(string code)
    {
        await client.PostAsJsonAsync(new Uri(receiver.Address, "/simulator/faults"), new { kind = code, count = 1 });

        Assert.Equal(code, await AskAsync(Result("C1", "F1", "4.1")));
        Assert.Equal("AA", await AskAsync(Result("C1", "F1", "4.1")));

        Assert.Equal((1, 0), await CountAsync("OBR/F1"));
    }

    [Fact]
    public async Task A_message_without_orders_counts_under_its_type_and_patient()
    {
        Assert.Equal("AA", await AskAsync("MSH|^~\\&|A|B|C|D|2026||ADT^A08|C1|P|2.5\rPID|1||P7\rPV1|1|I\r"));

        Assert.Equal((1, 0), await CountAsync("ADT^A08/P7"));
    }

    private Task<ReceiverSimulator> StartAsync(bool recognisesRepeats) => ReceiverSimulator.StartAsync(
        new ReceiverOptions { DataFolder = folder, RecognisesRepeats = recognisesRepeats }, CancellationToken.None);

    private async Task<string> AskAsync(string message)
    {
        await using var line = await MllpClient.ConnectAsync("127.0.0.1", receiver.MllpPort, new MllpOptions(), TimeProvider.System, CancellationToken.None);
        return (await line.SendAsync(Encoding.ASCII.GetBytes(message), CancellationToken.None)).Code;
    }

    private async Task<(int Versions, int Repeats)> CountAsync(string name)
    {
        var count = await PageAsync($"effects?name={Uri.EscapeDataString(name)}");
        return ((int)count["versions"]!, (int)count["repeats"]!);
    }

    private async Task<JsonObject> PageAsync(string page) =>
        (await client.GetFromJsonAsync<JsonObject>(new Uri(receiver.Address, $"/simulator/{page}")))!;

    private static string Result(string controlId, string order, string value) =>
        $"MSH|^~\\&|A|B|C|D|2026||ORU^R01|{controlId}|P|2.5\rPID|1||P1\rOBR|1||{order}\rOBX|1|NM|K||{value}\r";
}
