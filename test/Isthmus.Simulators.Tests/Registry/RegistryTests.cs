using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Simulators.Registry;

namespace Isthmus.Simulators.Tests.Registry;

public sealed class RegistryTests
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    [Fact]
    public async Task A_signed_event_is_kept_and_a_repeat_counts_once()
    {
        using var folder = new TemporaryFolder();
        await using var registry = await StartAsync(folder);
        using var client = new HttpClient { BaseAddress = registry.Address };

        using var first = await client.SendAsync(Signed("evt-1", """{"subject":"S-1","value":1}"""));
        using var again = await client.SendAsync(Signed("evt-1", """{"subject":"S-1","value":1}"""));

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        var totals = await client.GetFromJsonAsync<JsonObject>("/simulator/effects");
        Assert.Equal(1, (int)totals!["changes"]!);
        Assert.Equal(1, (int)totals["repeats"]!);
        var received = (await client.GetStringAsync("/simulator/received?delivery=evt-1")).Split('\n')[0];
        Assert.Equal("S-1", (string?)JsonNode.Parse(received)!["body"]!["subject"]);
        var order = (await client.GetStringAsync("/simulator/order?subject=S-1")).Split('\n')[0];
        Assert.Equal(2, JsonNode.Parse(order)!["deliveries"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_wrong_signature_a_changed_body_or_an_old_stamp_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var registry = await StartAsync(folder);
        using var client = new HttpClient { BaseAddress = registry.Address };
        HttpRequestMessage[] forged =
        [
            Signed("evt-1", "{}", secret: "whsec_AAAA"),
            Signed("evt-1", "{}", sent: """{"more":true}"""),
            Signed("evt-1", "{}", age: TimeSpan.FromMinutes(6)),
            Signed("evt-1", "{}", age: TimeSpan.FromMinutes(-6)),
            new(HttpMethod.Post, "/events") { Content = new StringContent("{}") },
        ];

        foreach (var request in forged)
        {
            using var answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Equal(0, (int)(await client.GetFromJsonAsync<JsonObject>("/simulator/effects"))!["transactions"]!);
    }

    [Theory]
    [InlineData("""{"subject":"S-1"}""", "S-1")]
    [InlineData("""{"entry":[{"resource":{"code":{},"subject":{"reference":"Patient/x"}}}]}""", "Patient/x")]
    [InlineData("""{"subject":{}}""", null)]
    [InlineData("""{"subject":[1],"other":{"subject":"deep"}}""", "deep")]
    public async Task Whom_an_event_is_about_is_found_wherever_it_stands(string body, string? subject)
    {
        using var folder = new TemporaryFolder();
        await using var registry = await StartAsync(folder);
        using var client = new HttpClient { BaseAddress = registry.Address };

        using var answer = await client.SendAsync(Signed("evt-1", body));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var order = await client.GetStringAsync("/simulator/order");
        Assert.Equal(subject, order.Length == 0 ? null : (string?)JsonNode.Parse(order)!["subject"]);
    }

    [Fact]
    public async Task During_a_rotation_one_of_several_signatures_suffices()
    {
        using var folder = new TemporaryFolder();
        await using var registry = await StartAsync(folder);
        using var client = new HttpClient { BaseAddress = registry.Address };
        var request = Signed("evt-1", "{}");
        var signature = request.Headers.GetValues("webhook-signature").Single();
        request.Headers.Remove("webhook-signature");
        request.Headers.Add("webhook-signature", $"v1,AAAA v1a,BBBB {signature}");

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_given_secret_one_is_made_and_kept()
    {
        using var folder = new TemporaryFolder();
        string made;
        await using (var first = await RegistrySimulator.StartAsync(new RegistryOptions { DataFolder = folder.Path }, CancellationToken.None))
        {
            made = await File.ReadAllTextAsync(first.SecretFile!);
        }

        await using var second = await RegistrySimulator.StartAsync(new RegistryOptions { DataFolder = folder.Path }, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = second.Address };
        using var answer = await client.SendAsync(Signed("evt-1", "{}", secret: made));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static Task<RegistrySimulator> StartAsync(TemporaryFolder folder) =>
        RegistrySimulator.StartAsync(new RegistryOptions { DataFolder = folder.Path, Secret = Secret }, CancellationToken.None);

    private static HttpRequestMessage Signed(string id, string body, string secret = Secret, string? sent = null, TimeSpan age = default)
    {
        var timestamp = (DateTimeOffset.UtcNow - age).ToUnixTimeSeconds();
        var mac = HMACSHA256.HashData(
            Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        var request = new HttpRequestMessage(HttpMethod.Post, "/events")
        {
            Content = new StringContent(sent ?? body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(mac)}");
        return request;
    }
}
