using Isthmus.Host.Doctor;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Host.Tests.Doctor;

public sealed class StoreCheckTests
{
    [Fact]
    public async Task A_store_that_may_lose_what_it_was_told_is_a_fault()
    {
        // The tests' own server runs without fsync.
        var durable = await ExamineAsync("store.durable");

        Assert.Equal(Verdict.Fault, durable.Verdict);
        Assert.Contains("fsync is off", durable.Said, StringComparison.Ordinal);
        Assert.NotNull(durable.Remedy);
    }

    [Fact]
    public async Task The_embedded_server_logs_nothing_that_could_be_a_patients()
    {
        Assert.Equal(Verdict.Ok, (await ExamineAsync("store.log")).Verdict);
    }

    [Theory]
    [InlineData("log_statement", "all")]
    [InlineData("log_min_duration_statement", "0")]
    [InlineData("log_min_error_statement", "error")]
    [InlineData("log_min_messages", "warning")]
    public async Task A_server_whose_log_may_quote_patients_is_a_fault(string setting, string value)
    {
        var log = await ExamineAsync("store.log", $"SET {setting} = '{value}'");

        Assert.Equal(Verdict.Fault, log.Verdict);
        Assert.Contains(setting, log.Said, StringComparison.Ordinal);
        Assert.Contains(setting, log.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_that_comes_with_Isthmus_is_for_trial() =>
        Assert.Equal(Verdict.Warning, (await ExamineAsync("store.embedded")).Verdict);

    private static async Task<Diagnosis> ExamineAsync(string check, string? before = null)
    {
        var address = await TestPostgres.CreateDatabaseAsync();
        var builder = new NpgsqlDataSourceBuilder(address);
        if (before is not null)
        {
            builder.UsePhysicalConnectionInitializer(
                connection => Run(connection, before).ExecuteNonQuery(),
                async connection => await Run(connection, before).ExecuteNonQueryAsync());
        }

        builder.ConnectionStringBuilder.NoResetOnClose = true;
        await using var store = builder.Build();
        return Assert.Single(await StoreChecks.ExamineAsync(store, embedded: true, TimeProvider.System, CancellationToken.None), said => said.Check == check);
    }

    private static NpgsqlCommand Run(NpgsqlConnection connection, string sql) => new(sql, connection);
}
