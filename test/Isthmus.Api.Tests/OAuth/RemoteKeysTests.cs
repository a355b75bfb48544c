using System.Net;
using Isthmus.Api.Tests.Running;
using Isthmus.Testing;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens.Jose;
using Isthmus.Trust.Tokens.Remote;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>Keys at somebody else's address: asked for seldom, believed briefly, and never inside our own network.</summary>
public sealed class RemoteKeysTests : IAsyncLifetime
{
    private readonly ShiftedTime time = new();
    private readonly JwksHost host = new(Forge.Set(Forge.Jwk(Forge.P384, "k1")));
    private RemoteKeySets remote = null!;

    public Task InitializeAsync()
    {
        remote = new RemoteKeySets(time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        remote.Dispose();
        await host.DisposeAsync();
    }

    [Fact, Shall(342)]
    public async Task S342_A_set_is_kept_as_long_as_its_cache_control_allows()
    {
        host.Headers = "Cache-Control: max-age=600\r\n";

        Assert.NotNull(await FindAsync("k1"));
        time.Shift = TimeSpan.FromSeconds(599);
        Assert.NotNull(await FindAsync("k1"));

        Assert.Equal(1, host.Asked);
    }

    [Theory, Shall(341)]
    [InlineData("Cache-Control: max-age=600\r\n", 601)]
    [InlineData("Cache-Control: max-age=600\r\nAge: 590\r\n", 11)]
    [InlineData("Cache-Control: max-age=0\r\n", 2)]
    [InlineData("Cache-Control: no-store\r\n", 2)]
    [InlineData("Cache-Control: max-age=99999999\r\n", 24 * 60 * 60 + 1)]
    public async Task S341_A_set_is_kept_no_longer_than_its_cache_control_says(string headers, int seconds)
    {
        host.Headers = headers;
        Assert.NotNull(await FindAsync("k1"));
        host.Keys = Forge.Set(Forge.Jwk(Forge.P384, "k2"));

        time.Shift = TimeSpan.FromSeconds(seconds);

        Assert.Null(await FindAsync("k1"));
        Assert.NotNull(await FindAsync("k2"));
    }

    [Fact, HostileRow("A06")]
    public async Task A06_An_invented_key_id_makes_us_look_once_in_thirty_seconds()
    {
        Assert.NotNull(await FindAsync("k1"));
        time.Shift = TimeSpan.FromSeconds(31);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => FindAsync($"invented-{i}")));
        Assert.Equal(2, host.Asked);

        // And so a key that the other side has rotated to is found.
        host.Keys = Forge.Set(Forge.Jwk(Forge.P384, "k2"));
        Assert.Null(await FindAsync("k2"));
        time.Shift = TimeSpan.FromSeconds(62);
        Assert.NotNull(await FindAsync("k2"));
    }

    [Fact]
    public async Task An_expired_set_is_not_used_when_its_place_is_down()
    {
        host.Headers = "Cache-Control: max-age=10\r\n";
        Assert.NotNull(await FindAsync("k1"));
        host.Status = "500 Oops";

        time.Shift = TimeSpan.FromSeconds(11);

        Assert.Null(await FindAsync("k1"));
    }

    /// <summary>The bound on one fetch must not be waited for as often as there are requests.</summary>
    [Fact]
    public async Task Those_who_waited_for_a_place_that_hangs_do_not_each_wait_for_it_anew()
    {
        var hanging = new TaskCompletionSource();
        (host.Held, host.Status) = (hanging.Task, "500 Oops");
        var waiting = Enumerable.Range(0, 20).Select(_ => FindAsync("k1")).ToList();
        await Eventually.Within(TimeSpan.FromSeconds(10), "the fetch", () => host.Asked == 1);

        time.Shift = TimeSpan.FromSeconds(3);
        hanging.SetResult();

        Assert.All(await Task.WhenAll(waiting), Assert.Null);
        Assert.Equal(1, host.Asked);
    }

    [Theory]
    [InlineData("302 Found", "Location: http://127.0.0.1/other\r\n")]
    [InlineData("404 Not Found", "")]
    public async Task Nothing_but_an_answer_is_followed(string status, string headers)
    {
        (host.Status, host.Headers) = (status, headers);

        Assert.Null(await FindAsync("k1"));
    }

    [Fact]
    public async Task A_huge_or_faulty_set_is_none()
    {
        host.Keys = $$"""{"keys":[],"x":"{{new string('x', 100_000)}}"}""";
        Assert.Null(await FindAsync("k1"));
        time.Shift = TimeSpan.FromMinutes(1);
        host.Keys = "<html>";
        Assert.Null(await FindAsync("k1"));
    }

    [Fact]
    public async Task In_production_this_machine_is_not_asked()
    {
        Assert.Null(await remote.FindAsync(host.Url, "k1", SignatureAlgorithm.ES384, loopbackToo: false, default));
        Assert.Equal(0, host.Asked);
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001::1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("93.184.216.34", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:2800:220:1::1", true)]
    public void Only_public_addresses_are_asked(string address, bool allowed)
    {
        Assert.Equal(allowed, PublicAddress.IsAllowed(IPAddress.Parse(address), loopbackToo: false));
    }

    private async Task<JsonWebKey?> FindAsync(string id) => await remote.FindAsync(host.Url, id, SignatureAlgorithm.ES384, loopbackToo: true, default);
}
