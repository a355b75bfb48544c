using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Access.Switches;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>Each step at its edge: the last request that passes and the first that does not.</summary>
public sealed class BoundaryTests(DoorStore store) : IClassFixture<DoorStore>
{
    private const int MostBytes = 64 * 1024;

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "127.0.0.1", false)]
    public async Task Address_of_IPv6_its_64_bits_of_network_count_and_IPv4_is_IPv4_however_it_is_written(string one, string other, bool isSame)
    {
        await using var door = new Doorway(store, limits: new(PerSecond: 0.0001, Burst: 1));

        Assert.Equal(404, (await door.AskAsync(From(one))).Status);
        var answer = await door.AskAsync(From(other));

        Assert.Equal(isSame ? 429 : 404, answer.Status);
        Assert.Equal(isSame ? "1" : "", answer.Headers.RetryAfter.ToString());

        static DefaultHttpContext From(string address)
        {
            var call = Doorway.Request(target: "/nowhere");
            call.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(address);
            return call;
        }
    }

    [Theory]
    [InlineData("/things/Observation/1", 200)]
    [InlineData("/things/Observation/", 404)]
    [InlineData("/things/Observation", 404)]
    [InlineData("/things/Observation/1/", 404)]
    [InlineData("/things//1", 404)]
    [InlineData("/Things/Observation/1", 404)]
    [InlineData("/", 404)]
    [InlineData("", 404)]
    [InlineData("/things/Observation/{64}", 200)]
    [InlineData("/things/Observation/{65}", 404)]
    public async Task Route_a_path_is_one_exactly(string path, int status)
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request();
        call.Request.Path = path.Replace("{64}", new string('a', 64), StringComparison.Ordinal).Replace("{65}", new string('a', 65), StringComparison.Ordinal);

        Assert.Equal(status, (await door.AskAsync(call)).Status);
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("APPLICATION/JSON ; charset=utf-8", 200)]
    [InlineData("application/json2", 415)]
    [InlineData("application/json, text/plain", 415)]
    [InlineData("text/plain; application/json", 415)]
    [InlineData("", 415)]
    [InlineData(null, 415)]
    public async Task Content_a_media_type_is_the_whole_word(string? type, int status)
    {
        await using var door = new Doorway(store);
        var call = Doorway.Message(Guid.NewGuid().ToString());
        call.Request.ContentType = type;

        Assert.Equal(status, (await door.AskAsync(call)).Status);
    }

    [Theory]
    [InlineData(true, MostBytes, 200)]
    [InlineData(true, MostBytes + 1, 413)]
    [InlineData(false, MostBytes, 200)]
    [InlineData(false, MostBytes + 1, 413)]
    public async Task Content_and_body_the_largest_body_is_taken_and_one_byte_more_is_not_announced_or_not(bool isAnnounced, int bytes, int status)
    {
        await using var door = new Doorway(store);
        var call = Doorway.Message(Guid.NewGuid().ToString(), Encoding.ASCII.GetString([.. "["u8, .. Enumerable.Repeat((byte)' ', bytes - 2), .. "]"u8]));
        if (!isAnnounced)
        {
            call.Request.ContentLength = null;
            call.Request.Headers.TransferEncoding = "chunked";
        }

        var answer = await door.AskAsync(call);

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 413 ? "close" : "", answer.Headers.Connection.ToString());
        Assert.Equal(isAnnounced && status == 413 ? 0 : 1, door.Asked);
    }

    [Theory]
    [InlineData(999, 200)]
    [InlineData(1000, 503)]
    public async Task Confirmed_what_was_heard_a_second_ago_is_no_longer_good(int milliseconds, int status)
    {
        var time = new HandTime();
        var watch = await store.StartWatchAsync(time);
        await watch.DisposeAsync();
        await using var door = new Doorway(store, watch: watch);

        time.Turn(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(status, (await door.AskAsync()).Status);
    }

    [Theory, HostileRow("A24")]
    [InlineData("Bearer {8192}", 401, "token.invalid", 1)]
    [InlineData("Bearer {8193}", 401, "token.invalid", 0)]
    [InlineData("Bearer {31000}", 401, "token.invalid", 0)]
    [InlineData("DPoP {31000}", 401, "token.invalid", 0)]
    [InlineData("Bearer good, Bearer bad", 401, "token.invalid", 1)]
    [InlineData("Bearer good ", 401, "token.invalid", 1)]
    [InlineData(" Bearer good", 401, "token.missing", 0)]
    [InlineData("Bearer\tgood", 401, "token.missing", 0)]
    [InlineData("BEARER good", 200, "", 1)]
    public async Task Token_one_of_any_length_is_refused_with_a_challenge_and_a_long_one_is_not_looked_at(string field, int status, string rule, int asked)
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request();
        call.Request.Headers.Authorization = System.Text.RegularExpressions.Regex.Replace(
            field, @"\{(\d+)\}", m => new string('a', int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)), System.Text.RegularExpressions.RegexOptions.NonBacktracking);

        var answer = await door.AskAsync(call);

        Assert.True(answer.Status == status && (rule.Length == 0 || answer.Says(rule)), answer.Body);
        Assert.Equal(status == 401, answer.Headers.WWWAuthenticate.Count > 0);
        Assert.Equal(asked, door.Asked);
    }

    [Fact]
    public async Task Token_two_of_anything_that_decides_are_none()
    {
        await using var door = new Doorway(store);
        var twice = Doorway.Request();
        twice.Request.Headers.Authorization = new(["Bearer good", "Bearer good"]);
        var proofs = Doorway.Request();
        proofs.Request.Headers["DPoP"] = new(["a.b.c", "a.b.c"]);

        Assert.True((await door.AskAsync(twice)) is { Status: 400 } first && first.Says("token.misplaced"));
        Assert.True((await door.AskAsync(proofs)) is { Status: 400 } second && second.Says("token.misplaced"));
        Assert.Equal(0, door.Asked);
    }

    [Theory]
    [InlineData("app", 200)]
    [InlineData("App", 403)]
    [InlineData("", 403)]
    public async Task Contract_an_integration_is_known_by_its_whole_name(string integration, int status)
    {
        await using var door = new Doorway(store);
        door.Caller = door.Caller with { Integration = integration };

        Assert.Equal(status, (await door.AskAsync()).Status);
    }

    [Fact]
    public async Task Client_one_that_is_off_does_not_take_another_along()
    {
        await using var door = new Doorway(store);
        await store.OffAsync(SwitchKind.Client, door.Caller.Client);

        Assert.Equal(403, (await door.AskAsync()).Status);
        door.Caller = door.Caller with { Client = door.Caller.Client[..^1] };
        Assert.Equal(200, (await door.AskAsync()).Status);
    }

    [Fact]
    public async Task Quota_the_last_of_a_burst_passes_and_the_next_is_told_when_to_come()
    {
        await using var door = new Doorway(store, contract => contract with { Quota = new Quota(1, 3) });
        var answers = new List<DoorAnswer>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await door.AskAsync());
        }

        Assert.Equal([200, 200, 200, 429], answers.Select(a => a.Status));
        Assert.InRange(int.Parse(answers[3].Headers.RetryAfter.ToString(), System.Globalization.CultureInfo.InvariantCulture), 1, 3);
    }

    [Theory]
    [InlineData("system/Observation.r", 200)]
    [InlineData("system/*.r", 200)]
    [InlineData("system/Observation.s", 403)]
    [InlineData("system/Observation.cud", 403)]
    [InlineData("patient/Observation.r", 403)]
    [InlineData("user/Observation.r", 403)]
    [InlineData("system/Observation.r?status=final", 200)]
    public async Task Scope_each_letter_and_level_counts(string scopes, int status)
    {
        await using var door = new Doorway(store);
        door.Caller = door.Caller with { Scopes = Doorway.Scopes(scopes) };

        Assert.Equal(status, (await door.AskAsync()).Status);
    }

    [Theory]
    [InlineData(255, 200)]
    [InlineData(256, 400)]
    [InlineData(0, 400)]
    public async Task Idempotency_a_key_has_1_to_255_characters(int characters, int status)
    {
        await using var door = new Doorway(store);

        Assert.Equal(status, (await door.AskAsync(Doorway.Message(new string('k', characters)))).Status);
    }

    private sealed class HandTime : TimeProvider
    {
        private long at = 1;

        public override long GetTimestamp() => at;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow();

        public void Turn(TimeSpan by) => at += (long)(by.TotalSeconds * TimestampFrequency);
    }
}
