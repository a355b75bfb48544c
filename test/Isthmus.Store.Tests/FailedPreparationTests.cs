using Isthmus.Store.Connections;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Store.Tests;

/// <summary>
/// A statement that fails at the very call in which the driver prepares it may confuse the driver about its next answer
/// (npgsql/npgsql#6391, "unexpected backend message DataRow"). What confused it is gone with its connection.
/// </summary>
public sealed class FailedPreparationTests : IAsyncLifetime
{
    /// <summary>The driver prepares what it is given the second time.</summary>
    private const int FailingCalls = 2;

    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task Work_goes_on_after_a_right_was_missing_for_a_while()
    {
        await store.ExecuteAsOwnerAsync(
            "CREATE SCHEMA trial; GRANT USAGE ON SCHEMA trial TO isthmus_tokens; CREATE FUNCTION trial.answer(n int) RETURNS int LANGUAGE sql AS 'SELECT n'; REVOKE ALL ON FUNCTION trial.answer FROM PUBLIC");
        for (var i = 0; i < FailingCalls; i++)
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => AskAsync(i))).SqlState);
        }

        await store.ExecuteAsOwnerAsync("GRANT EXECUTE ON FUNCTION trial.answer TO isthmus_tokens");

        var outcomes = new List<Exception?>();
        for (var i = 0; i < 10; i++)
        {
            outcomes.Add(await Record.ExceptionAsync(async () => Assert.Equal(i, await AskAsync(i))));
        }

        Assert.InRange(outcomes.Count(o => o is not null), 0, 1);
        Assert.Null(outcomes[^1]);
        Assert.All(outcomes.OfType<Exception>(), o => Assert.True(StoreFailure.Is(o), $"{o.GetType()} is taken for no failure of the store."));
    }

    [Fact]
    public async Task A_lease_lost_at_the_call_that_prepares_its_fence_leaves_the_statements_behind_it_right()
    {
        await store.ExecuteAsOwnerAsync(
            """
            CREATE SCHEMA trial; GRANT USAGE ON SCHEMA trial TO isthmus_tokens;
            CREATE FUNCTION trial.fence(is_lost boolean) RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF is_lost THEN RAISE 'lost' USING ERRCODE = 'IS001'; END IF; END $$;
            GRANT EXECUTE ON FUNCTION trial.fence TO isthmus_tokens
            """);
        for (var i = 0; i < FailingCalls; i++)
        {
            Assert.Equal("IS001", (await Assert.ThrowsAsync<PostgresException>(() => AskBehindFenceAsync(i, isLost: true))).SqlState);
        }

        var outcomes = new List<Exception?>();
        for (var i = 0; i < 10; i++)
        {
            outcomes.Add(await Record.ExceptionAsync(async () => Assert.Equal(i, await AskBehindFenceAsync(i, isLost: false))));
        }

        Assert.All(outcomes, Assert.Null);
    }

    private async Task<int> AskBehindFenceAsync(int number, bool isLost)
    {
        await using var connection = await store.For(ZoneRole.Tokens).OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SELECT trial.fence($1)") { Parameters = { new() { Value = isLost } } },
                new NpgsqlBatchCommand("SELECT $1::int") { Parameters = { new() { Value = number } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        return reader.GetInt32(0);
    }

    private async Task<int> AskAsync(int number)
    {
        await using var command = store.For(ZoneRole.Tokens).CreateCommand("SELECT trial.answer($1)");
        command.Parameters.AddWithValue(number);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
