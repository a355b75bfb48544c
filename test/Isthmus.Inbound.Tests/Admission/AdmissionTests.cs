using Isthmus.Inbound.Admission;
using Isthmus.Testing;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Tests.Admission;

public sealed class AdmissionTests(DoorStore store) : IClassFixture<DoorStore>
{
    private const string Append = "ledger.append(smallint, text[], text[], bigint[], uuid[], text[])";

    [Fact]
    public async Task Who_is_let_in_is_on_record_before_the_first_byte_leaves()
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request();
        call.Request.Headers[Correlation.Field] = "ward-7.request-1";
        var recordedAtFirstByte = -1L;
        call.Response.Body = new WatchedStream(async () => recordedAtFirstByte = await RecordedAsync("ward-7.request-1"));

        await door.AskAsync(call);

        Assert.Equal(1, recordedAtFirstByte);
        Assert.Equal(1, await store.AskAsync<long>(
            $$"""
            SELECT count(*) FROM ledger.pending WHERE kind[1] = 'access.granted' AND actor[1] = '{{door.Caller.Client}}'
            AND detail[1]::json->>'action' = 'read-results' AND detail[1]::json->>'route' = 'read-thing' AND detail[1]::json->>'contract' = 'app@1.0.0'
            """));
    }

    [Fact]
    public async Task What_cannot_be_reached_is_to_be_asked_for_again_and_nothing_of_it_leaves()
    {
        await using var door = new Doorway(store);
        door.Handler = static async (call, _) =>
        {
            await call.Response.WriteAsync("Doe, Jane");
            throw new Npgsql.NpgsqlException("The server went away.");
        };

        var answer = await door.AskAsync();

        Assert.True(answer.Status == 503 && answer.Says("http.store-unavailable"), answer.Body);
        Assert.Equal("1", answer.Headers.RetryAfter);
        Assert.DoesNotContain("Jane", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("went away", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_record_nothing_leaves()
    {
        await using var door = new Doorway(store);
        door.Handler = static (call, _) =>
        {
            call.Response.Headers.ETag = "W/\"1\"";
            return call.Response.WriteAsync("Doe, Jane");
        };
        await store.Store.ExecuteAsOwnerAsync($"REVOKE EXECUTE ON FUNCTION {Append} FROM isthmus_admission");
        try
        {
            var small = await door.AskAsync();
            Assert.True(small.Status == 503 && small.Says("access.audit-unavailable"));
            Assert.DoesNotContain("Jane", small.Body, StringComparison.Ordinal);
            Assert.Empty(small.Headers.ETag.ToString());

            door.Handler = static (call, _) => call.Response.WriteAsync(new string('x', 1 << 20));
            var large = await door.AskAsync();
            Assert.True(large.Status == 503 && !large.Body.Contains("xxx", StringComparison.Ordinal));
        }
        finally
        {
            await store.Store.ExecuteAsOwnerAsync($"GRANT EXECUTE ON FUNCTION {Append} TO isthmus_admission");
        }
    }

    [Fact]
    public async Task A_large_answer_streams_once_it_is_on_record()
    {
        await using var door = new Doorway(store) { Handler = static (call, _) => call.Response.WriteAsync(new string('x', 1 << 20)) };

        Assert.Equal(1 << 20, (await door.AskAsync()).Body.Length);
    }

    [Fact]
    public async Task Who_is_known_and_denied_is_on_record_and_a_stranger_is_not()
    {
        await using var door = new Doorway(store);
        door.Caller = door.Caller with { Scopes = Doorway.Scopes("system/Patient.rs") };
        await door.AskAsync();
        var stranger = Doorway.Request();
        stranger.Request.Headers.Authorization = "Bearer bad";
        await door.AskAsync(stranger);

        Assert.Equal(1, await store.AskAsync<long>(
            $"SELECT count(*) FROM ledger.pending WHERE kind[1] = 'access.denied' AND actor[1] = '{door.Caller.Client}' AND detail[1]::json->>'rule' = 'scope.insufficient'"));
    }

    [Theory, HostileRow("B02")]
    [InlineData("X-Tenant-Id", "2")]
    [InlineData("X-Tenant", "2")]
    public async Task A_header_does_not_choose_the_tenant(string name, string value)
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request();
        call.Request.Headers[name] = value;

        Assert.Equal(200, (await door.AskAsync(call)).Status);
        Assert.Equal(1, Assert.Single(door.Seen).Caller!.Tenant);
    }

    [Fact, HostileRow("A26")]
    public async Task A_token_of_another_tenant_or_environment_is_none_here()
    {
        await using var door = new Doorway(store);
        var caller = door.Caller;
        foreach (var other in (Trust.Access.Caller[])[caller with { Tenant = 2 }, caller with { Environment = Exchange.Contracts.SiteEnvironment.Production }])
        {
            door.Caller = other;
            var answer = await door.AskAsync();
            Assert.True(answer.Status == 401 && answer.Says("token.elsewhere"));
            Assert.Contains("error=\"invalid_token\"", answer.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", 401, "token.missing")]
    [InlineData("Basic Zm9vOmJhcg==", 401, "token.missing")]
    [InlineData("Bearer", 401, "token.missing")]
    [InlineData("Bearer bad", 401, "token.invalid")]
    public async Task A_token_is_asked_for_as_the_standard_says(string authorization, int status, string rule)
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request();
        call.Request.Headers.Authorization = authorization.Length == 0 ? default : authorization;

        var answer = await door.AskAsync(call);

        Assert.True(answer.Status == status && answer.Says(rule), answer.Body);
        Assert.StartsWith("Bearer", answer.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact, HostileRow("A29")]
    public async Task A_token_in_the_query_is_refused_and_not_repeated()
    {
        await using var door = new Doorway(store);

        var answer = await door.AskAsync(Doorway.Request(target: Doorway.Read + "?access_token=s3cr3t"));

        Assert.True(answer.Status == 400 && answer.Says("token.misplaced"));
        Assert.DoesNotContain("s3cr3t", answer.Body + string.Join('\n', door.Logs.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RefusalForm.Problem, "application/problem+json", "\"type\":\"http.path-unknown\"")]
    [InlineData(RefusalForm.OAuth, "application/json", "\"error\":\"invalid_request\"")]
    [InlineData(RefusalForm.Fhir, "application/fhir+json", "\"resourceType\":\"OperationOutcome\"")]
    public async Task A_refusal_has_the_form_of_its_route_and_is_kept_by_nobody(RefusalForm form, string mediaType, string says)
    {
        await using var door = new Doorway(store, form: form);

        var answer = await door.AskAsync(Doorway.Request(target: "/things/Observation"));

        Assert.Equal(404, answer.Status);
        Assert.Equal(mediaType, answer.Headers.ContentType.ToString());
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
        Assert.True(answer.Says("http.path-unknown"));
        Assert.Equal("no-store", answer.Headers.CacheControl.ToString());
    }

    [Theory]
    [InlineData("DELETE", Doorway.Read, "GET")]
    [InlineData("GET", Doorway.Send, "POST")]
    public async Task A_method_that_a_path_does_not_take_is_told_which_it_takes(string method, string path, string allow)
    {
        await using var door = new Doorway(store);

        var answer = await door.AskAsync(Doorway.Request(method, path));

        Assert.Equal((405, allow), (answer.Status, answer.Headers.Allow.ToString()));
    }

    [Fact]
    public async Task A_body_where_none_belongs_and_one_that_is_too_large_are_refused()
    {
        await using var door = new Doorway(store);

        Assert.True((await door.AskAsync(Doorway.Request(body: "{}"))).Says("http.body-unexpected"));
        var large = $"[\"{new string('x', 70_000)}\"]";
        Assert.Equal(413, (await door.AskAsync(Doorway.Message(body: large))).Status);
        var unannounced = Doorway.Message(body: large);
        unannounced.Request.ContentLength = null;
        unannounced.Request.Headers.TransferEncoding = "chunked";
        Assert.Equal(413, (await door.AskAsync(unannounced)).Status);
    }

    [Fact]
    public async Task An_address_that_keeps_failing_is_told_to_wait_and_who_shares_it_goes_on()
    {
        await using var door = new Doorway(store, limits: new AddressLimits(Failures: 5, FailuresPerSecond: 0.0001));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, (await door.AskAsync(Bad())).Status);
        }

        var answer = await door.AskAsync(Bad());
        Assert.True(answer.Status == 429 && answer.Says("http.address-failing"));
        Assert.Equal("30", answer.Headers.RetryAfter.ToString());
        Assert.Equal(200, (await door.AskAsync()).Status);

        static DefaultHttpContext Bad()
        {
            var call = Doorway.Request();
            call.Request.Headers.Authorization = "Bearer bad";
            return call;
        }
    }

    [Fact]
    public async Task A_trace_is_gone_on_with_and_a_correlation_id_comes_back()
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request();
        call.Request.Headers.TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        var answer = await door.AskAsync(call);

        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", answer.Headers[Correlation.Field].ToString());
        Assert.Matches("^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$", answer.Headers["traceresponse"].ToString());
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", Assert.Single(door.Seen).Correlation);
    }

    [Theory, HostileRow("F10")]
    [InlineData("a\r\nSet-Cookie: x")]
    [InlineData("${jndi:ldap://x}")]
    [InlineData("Doe Jane")]
    public async Task A_correlation_id_that_is_none_is_replaced(string sent)
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request();
        call.Request.Headers[Correlation.Field] = sent;

        Assert.Matches("^[0-9a-f]{32}$", (await door.AskAsync(call)).Headers[Correlation.Field].ToString());
    }

    [Fact]
    public async Task A_route_without_a_token_asks_for_none()
    {
        await using var door = new Doorway(store);
        var call = Doorway.Request(target: "/open");
        call.Request.Headers.Remove("Authorization");

        Assert.Equal(200, (await door.AskAsync(call)).Status);
        Assert.Null(Assert.Single(door.Seen).Caller);
        Assert.Equal(0, door.Asked);
    }

    private Task<long> RecordedAsync(string correlation) =>
        store.AskAsync<long>($"SELECT count(*) FROM ledger.pending WHERE detail[1]::json->>'correlation' = '{correlation}'");

    /// <summary>Tells of the first byte written.</summary>
    private sealed class WatchedStream(Func<Task> first) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Length == 0)
            {
                await first();
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
