using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>A fault on this side is answered like everything else: by a rule, and without a word of what went wrong.</summary>
public sealed class FaultTests(DoorStore store) : IClassFixture<DoorStore>
{
    private const string Secret = "Doe, Jane";

    [Fact]
    public async Task A_step_that_fails_lets_nobody_through_and_says_nothing_of_why()
    {
        await using var door = new Doorway(store) { BusinessKey = _ => throw new InvalidOperationException(Secret) };

        var answer = await door.AskAsync(Doorway.Message(key: null));

        AssertFault(answer, door, 500, "http.fault");
        Assert.Equal(0, door.Handled);
        Assert.Contains("idempotency failed with InvalidOperationException", string.Join('\n', door.Logs.Lines), StringComparison.Ordinal);
    }

    /// <summary>Whoever needs no token gets no bare connection end either.</summary>
    [Theory]
    [InlineData(typeof(InvalidOperationException), 500, "http.fault")]
    [InlineData(typeof(TaskCanceledException), 500, "http.fault")]
    [InlineData(typeof(TimeoutException), 503, "http.store-unavailable")]
    [InlineData(typeof(NpgsqlException), 503, "http.store-unavailable")]
    public async Task A_handler_without_a_caller_that_fails_is_answered_for(Type fault, int status, string rule)
    {
        await using var door = new Doorway(store) { Handler = (_, _) => throw (Exception)Activator.CreateInstance(fault, Secret)! };

        AssertFault(await door.AskAsync(Doorway.Request(target: "/open")), door, status, rule);
    }

    /// <summary>Nobody but this side has given up: what a handler waited for took too long.</summary>
    [Fact]
    public async Task A_handler_that_gives_up_is_answered_for()
    {
        await using var door = new Doorway(store) { Handler = (_, _) => throw new TaskCanceledException(Secret) };

        AssertFault(await door.AskAsync(), door, 500, "http.fault");
    }

    /// <summary>What broke off in the body is the server's to answer, which knows what it was.</summary>
    [Fact]
    public async Task A_body_that_breaks_off_is_no_fault()
    {
        await using var door = new Doorway(store) { Handler = (_, _) => throw new BadHttpRequestException("cut off") };

        await Assert.ThrowsAsync<BadHttpRequestException>(() => door.AskAsync());
    }

    private static void AssertFault(DoorAnswer answer, Doorway door, int status, string rule)
    {
        Assert.True(answer.Status == status && answer.Says(rule), answer.Body);
        Assert.DoesNotContain(Secret, answer.Body + string.Join('\n', door.Logs.Lines), StringComparison.Ordinal);
    }
}
