using System.Net;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>Who may say where a request came from: configured proxies, and nobody else.</summary>
public sealed class ForwardingTests
{
    private const string Claims =
        "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=203.0.113.7\r\nX-Real-IP: 203.0.113.7\r\n"
        + "X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\nX-HTTP-Method-Override: DELETE\r\nX-Method-Override: DELETE\r\nX-Request-Id: 7\r\n";

    [Fact, HostileRow("C12", "C13")]
    public async Task A_strangers_claims_are_taken_away_and_change_nothing() =>
        Assert.Equal("GET /a 0 127.0.0.1 http isthmus.example [X-Request-Id]", await SeenAsync([], Claims));

    [Fact]
    public async Task A_proxys_word_on_address_and_scheme_is_taken_and_the_rest_is_not() =>
        Assert.Equal("GET /a 0 203.0.113.7 https isthmus.example [X-Request-Id]", await SeenAsync([IPNetwork.Parse("127.0.0.0/8")], Claims));

    [Theory]
    [InlineData("198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("198.51.100.1, 203.0.113.7, 10.0.0.5", "203.0.113.7")]
    [InlineData("10.0.0.9, 10.0.0.5", "10.0.0.9")]
    [InlineData("nonsense, 10.0.0.5", "10.0.0.5")]
    [InlineData("203.0.113.7, nonsense", "127.0.0.1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    public async Task Of_a_chain_the_last_address_that_is_no_proxy_of_ours_is_the_client(string chain, string client)
    {
        var seen = await SeenAsync([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8")], $"X-Forwarded-For: {chain}\r\n");

        Assert.Equal(client, seen.Split(' ')[3]);
    }

    [Fact]
    public async Task A_proxy_that_the_site_names_from_now_on_is_heeded_from_the_next_request_on()
    {
        List<IPNetwork> proxies = [];
        await using var door = RunningDoor.Start(proxies: proxies);
        const string Request = "GET /a HTTP/1.1\r\nHost: isthmus.example\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n";

        await door.AskAsync(Request);
        proxies.Add(IPNetwork.Parse("127.0.0.0/8"));
        await door.AskAsync(Request);

        Assert.Equal(["127.0.0.1", "203.0.113.7"], door.Seen.Select(seen => seen.Split(' ')[3]));
    }

    private static async Task<string> SeenAsync(IReadOnlyList<IPNetwork> proxies, string claims)
    {
        await using var door = RunningDoor.Start(proxies: proxies);
        await door.AskAsync($"GET /a HTTP/1.1\r\nHost: isthmus.example\r\n{claims}Connection: close\r\n\r\n");
        return Assert.Single(door.Seen);
    }
}
