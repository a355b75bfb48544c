using System.Security.Cryptography;
using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary>Letting a partner in and shutting it out, as docs/operate/keys-and-clients.md tells people to.</summary>
public sealed class ClientCommandTests : IAsyncLifetime
{
    private readonly string keys = Scratch.NewFolder("keys").FullName;
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync([.. Modules.WithMigrations]);

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(keys, recursive: true);
    }

    [Fact]
    public async Task A_client_is_registered_by_one_person_approved_by_another_and_revoked()
    {
        var set = Path.Combine(keys, "partner.json");
        await File.WriteAllTextAsync(set, PublicKeys());

        var registered = await AnswerAsync(
            "client", "register", "--integration", "patient-app", "--name", "Renal board", "--owner", "Nephrology", "--purpose", "Shows results.",
            "--scope", "system/Patient.rs", "--jwks", set, "--as", "anna", "--site", Site, "--json");
        var id = registered.GetProperty("client").GetString()!;

        var (code, _, complaint) = await RunAsync("client", "approve", id, "--as", "anna", "--reason", "mine");
        Assert.Equal((1, true), (code, complaint.Contains("client.same-person", StringComparison.Ordinal)));
        (code, _, complaint) = await RunAsync("client", "approve", id, "--as", "ben");
        Assert.Equal((1, true), (code, complaint.Contains("--reason", StringComparison.Ordinal)));
        Assert.Equal("approved", (await AnswerAsync("client", "approve", id, "--as", "ben", "--reason", "agreement 4711", "--json")).GetProperty("state").GetString());

        var listed = (await AnswerAsync("client", "list", "--json")).EnumerateArray().Single();
        Assert.Equal(("anna", "ben", "system/Patient.rs"), (Text(listed, "registeredBy"), Text(listed, "approvedBy"), Text(listed, "scope")));
        Assert.Equal("revoked", (await AnswerAsync("client", "revoke", id, "--as", "anna", "--reason", "compromised", "--json")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_private_key_is_not_registered()
    {
        var set = Path.Combine(keys, "partner.json");
        await File.WriteAllTextAsync(set, PublicKeys().Replace("\"kid\"", "\"d\":\"AAAA\",\"kid\"", StringComparison.Ordinal));

        var (code, _, complaint) = await RunAsync(
            "client", "register", "--integration", "patient-app", "--name", "x", "--owner", "x", "--purpose", "x", "--jwks", set, "--as", "anna", "--site", Site);

        Assert.Equal((1, true), (code, complaint.Contains("jose.key-private", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Keys_are_rotated_on_schedule_and_in_an_emergency()
    {
        var first = Text(await AnswerAsync("keys", "rotate", "--as", "anna", "--reason", "the first", "--emergency", "--site", Site, "--json"), "key");
        var second = Text(await AnswerAsync("keys", "rotate", "--as", "anna", "--reason", "yearly", "--site", Site, "--json"), "key");
        Assert.Equal([(first, "signs"), (second, "announced")], await KeysAsync());

        var third = Text(await AnswerAsync("keys", "rotate", "--emergency", "--as", "anna", "--reason", "seen in a ticket", "--site", Site, "--json"), "key");
        Assert.Equal([(first, "withdrawn"), (second, "withdrawn"), (third, "signs")], (await KeysAsync()).OrderBy(k => k.Item2 == "signs").ThenBy(k => k.Item1 != first));
    }

    [Fact]
    public async Task What_is_no_token_is_told_so()
    {
        var (code, answer, _) = await RunAsync("token", "inspect", "a.b.c", "--site", Site, "--json");

        Assert.Equal((1, "token.invalid"), (code, Text(JsonDocument.Parse(answer).RootElement, "rule")));
    }

    private static string Site => Repository.PathOf("site", "demo");

    private async Task<List<(string, string)>> KeysAsync() =>
        [.. (await AnswerAsync("keys", "list", "--json")).EnumerateArray().Select(k => (Text(k, "key"), Text(k, "use")))];

    private static string PublicKeys()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var point = pair.ExportParameters(false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-384","kid":"k1","x":"{{System.Buffers.Text.Base64Url.EncodeToString(point.X!)}}","y":"{{System.Buffers.Text.Base64Url.EncodeToString(point.Y!)}}"}]}""";
    }

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private Task<(int Code, string Answer, string Complaint)> RunAsync(params string[] arguments) => CommandProcess.RunAsync(store, keys, arguments);

    private async Task<JsonElement> AnswerAsync(params string[] arguments)
    {
        var (code, answer, complaint) = await RunAsync(arguments);
        Assert.True(code == 0, complaint);
        return JsonDocument.Parse(answer).RootElement;
    }
}
