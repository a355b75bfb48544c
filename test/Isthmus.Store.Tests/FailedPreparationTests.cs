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
    }

    private async Task<int> AskAsync(int number)
    {
        await using var command = store.For(ZoneRole.Tokens).CreateCommand("SELECT trial.answer($1)");
        command.Parameters.AddWithValue(number);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
