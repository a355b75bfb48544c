using Isthmus.Testing;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Tests.Admission;

public sealed class DoorIdempotencyTests(DoorStore store) : IClassFixture<DoorStore>
{
    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_has_no_second_effect()
    {
        await using var door = Accepting();

        var first = await door.AskAsync(Doorway.Message());
        var repeat = await door.AskAsync(Doorway.Message());

        Assert.Equal((201, "taken"), (first.Status, first.Body));
        Assert.Equal((201, "taken", "/messages/1"), (repeat.Status, repeat.Body, repeat.Headers.Location.ToString()));
        Assert.Equal("true", repeat.Headers["Idempotency-Replayed"].ToString());
        Assert.Equal(1, door.Handled);
    }

    [Fact]
    public async Task Of_twins_at_the_same_moment_one_has_its_effect_and_both_get_its_answer()
    {
        await using var door = Accepting();
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var accept = door.Handler;
        door.Handler = async (call, admitted) =>
        {
            entered.TrySetResult();
            await go.Task;
            await accept(call, admitted);
        };

        var first = door.AskAsync(Doorway.Message());
        await entered.Task;
        var twin = door.AskAsync(Doorway.Message());
        go.SetResult();

        Assert.All(await Task.WhenAll(first, twin), answer => Assert.Equal((201, "taken"), (answer.Status, answer.Body)));
        Assert.Equal(1, door.Handled);
    }

    [Fact]
    public async Task A_twin_whose_first_takes_too_long_is_told_to_come_again()
    {
        await using var door = new Doorway(store, patience: TimeSpan.Zero);
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        door.Handler = async (_, _) =>
        {
            entered.TrySetResult();
            await go.Task;
        };
        var first = door.AskAsync(Doorway.Message());
        await entered.Task;

        var twin = await door.AskAsync(Doorway.Message());
        go.SetResult();

        Assert.True(twin.Status == 409 && twin.Says("idempotency.in-flight"));
        Assert.Equal("1", twin.Headers.RetryAfter.ToString());
        Assert.Equal(200, (await first).Status);
        Assert.Equal(1, door.Handled);
    }

    [Fact]
    public async Task A_contract_may_demand_the_client_s_own_key_even_where_the_content_names_the_transaction()
    {
        await using var door = new Doorway(store, contract => contract with { DemandsKey = true }) { BusinessKey = _ => "order-1" };

        Assert.True(await door.AskAsync(Doorway.Message(key: null)) is { Status: 400 } answer && answer.Says("idempotency.key-missing"));
        Assert.Equal(200, (await door.AskAsync(Doorway.Message())).Status);
    }

    [Fact, HostileRow("D18")]
    public async Task The_same_key_with_another_body_is_unprocessable()
    {
        await using var door = Accepting();
        await door.AskAsync(Doorway.Message());

        var clash = await door.AskAsync(Doorway.Message(body: "[]"));

        Assert.Equal(422, clash.Status);
        Assert.Equal("application/problem+json", clash.Headers.ContentType.ToString());
        Assert.True(clash.Says("idempotency.key-reused"));
        Assert.Equal(1, door.Handled);
    }

    [Fact, HostileRow("D20")]
    public async Task The_same_key_of_another_client_is_another_key()
    {
        await using var door = Accepting();
        await door.AskAsync(Doorway.Message());
        door.Caller = door.Caller with { Client = "somebody-else" };

        Assert.Equal(201, (await door.AskAsync(Doorway.Message(body: "[]"))).Status);
        Assert.Equal(2, door.Handled);
    }

    [Fact, HostileRow("D20")]
    public async Task A_missing_key_and_one_of_ten_kilobytes_are_bad_requests()
    {
        await using var door = Accepting();

        var missing = await door.AskAsync(Doorway.Message(key: null));
        var long_ = await door.AskAsync(Doorway.Message(key: new string('k', 10 * 1024)));

        Assert.True(missing.Status == 400 && missing.Says("idempotency.key-missing"));
        Assert.True(long_.Status == 400 && long_.Says("idempotency.key-unusable"));
        Assert.Equal(0, door.Handled);
    }

    [Fact]
    public async Task Where_the_content_names_the_transaction_no_key_need_be_sent_and_a_client_s_key_is_another()
    {
        await using var door = Accepting();
        door.BusinessKey = body => System.Text.Encoding.UTF8.GetString(body.Span).Split(',')[0];

        Assert.Equal(201, (await door.AskAsync(Doorway.Message(key: null, body: "[\"order-1\",1]"))).Status);
        Assert.Equal(201, (await door.AskAsync(Doorway.Message(key: null, body: "[\"order-1\",1]"))).Status);
        Assert.Equal(1, door.Handled);

        Assert.Equal(422, (await door.AskAsync(Doorway.Message(key: null, body: "[\"order-1\",2]"))).Status);
        Assert.Equal(201, (await door.AskAsync(Doorway.Message(key: "[\"order-1\"", body: "[\"order-1\",2]"))).Status);
        Assert.Equal(2, door.Handled);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task What_may_succeed_later_is_not_remembered(int status)
    {
        await using var door = Accepting();
        var accept = door.Handler;
        door.Handler = (call, _) =>
        {
            call.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        Assert.Equal(status, (await door.AskAsync(Doorway.Message())).Status);
        door.Handler = accept;

        Assert.Equal(201, (await door.AskAsync(Doorway.Message())).Status);
    }

    [Fact]
    public async Task A_handler_that_fails_leaves_its_key_free_and_says_nothing_of_why()
    {
        await using var door = Accepting();
        var accept = door.Handler;
        door.Handler = (_, _) => throw new InvalidOperationException("Doe, Jane");

        var failed = await door.AskAsync(Doorway.Message());
        Assert.True(failed.Status == 500 && failed.Says("http.fault"));
        Assert.DoesNotContain("Jane", failed.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Jane", string.Join('\n', door.Logs.Lines), StringComparison.Ordinal);
        door.Handler = accept;

        Assert.Equal(201, (await door.AskAsync(Doorway.Message())).Status);
    }

    private Doorway Accepting() => new(store)
    {
        Handler = static async (call, _) =>
        {
            call.Response.StatusCode = StatusCodes.Status201Created;
            call.Response.Headers.Location = "/messages/1";
            await call.Response.WriteAsync("taken");
        },
    };
}
