using System.Text;
using Isthmus.Host.Doctor;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Host.Tests.Doctor;

public sealed class EncryptionCheckTests
{
    private const string Message = @"MSH|^~\&|LAB|GENERAL|EHR|CLINIC|20260401||ORU^R01|1|P|2.5.1";
    private const string Resource = """{"resourceType":"Patient"}""";

    [Theory]
    [InlineData("exchange.journal", "body", Message)]
    [InlineData("exchange.delivery", "payload", Resource)]
    [InlineData("phi.pack", "body", Resource)]
    public async Task A_store_in_which_a_patients_data_stand_in_clear_is_a_fault(string table, string column, string plain)
    {
        var seen = await ExamineAsync(table, column, Encoding.UTF8.GetBytes(plain));

        Assert.Equal(Verdict.Fault, seen.Verdict);
        Assert.Contains("1 of the newest 1 rows", seen.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exchange.journal", "body")]
    [InlineData("exchange.delivery", "payload")]
    [InlineData("phi.pack", "body")]
    public async Task A_store_of_sealed_bytes_is_well(string table, string column)
    {
        var seen = await ExamineAsync(table, column, [0x01, 0x8f, 0x3c, 0xd2]);

        Assert.Equal(Verdict.Ok, seen.Verdict);
        Assert.Contains("none of the newest 1 rows", seen.Said, StringComparison.Ordinal);
    }

    private static async Task<Diagnosis> ExamineAsync(string table, string column, byte[] content)
    {
        await using var store = NpgsqlDataSource.Create(await TestPostgres.CreateDatabaseAsync());
        await using var make = store.CreateCommand(
            $"CREATE SCHEMA {table.Split('.')[0]}; CREATE TABLE {table} (id bigint, {column} bytea);");
        await make.ExecuteNonQueryAsync();
        await using var fill = store.CreateCommand($"INSERT INTO {table} VALUES (1, $1)");
        fill.Parameters.Add(new NpgsqlParameter { Value = content });
        await fill.ExecuteNonQueryAsync();

        return Assert.Single(await EncryptionChecks.ExamineAsync(store, CancellationToken.None), said => said.Check == "encryption." + table);
    }
}
