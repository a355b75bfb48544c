using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Trust.Access.Idempotency;

/// <param name="Window">How long the answer is remembered.</param>
internal readonly record struct StartAsk(IdempotentRequest Request, TimeSpan Window);

/// <param name="Sealed">The answer; null forgets the request, as one that may be tried again.</param>
internal readonly record struct EndAsk(IdempotentRequest Request, int Attempt, int Status, byte[]? Sealed);

internal readonly record struct StartRow(IdempotencyVerdict Verdict, int Attempt, byte[]? Sealed);

/// <summary>The rows by which repeats are known, for many requests in one statement.</summary>
internal sealed class IdempotencyStore(NpgsqlDataSource source)
{
    private const string StartSql = "SELECT verdict, attempt, answer FROM access.idempotency_start($1, $2, $3, $4, $5) ORDER BY ordinal";
    private const string EndSql = "SELECT access.idempotency_end($1, $2, $3, $4, $5, $6)";

    public async Task<IReadOnlyList<StartRow>> StartAsync(IReadOnlyList<StartAsk> asks)
    {
        await using var command = source.CreateCommand(StartSql);
        Add(command, NpgsqlDbType.Smallint, asks.Select(a => a.Request.Tenant).ToArray());
        Add(command, NpgsqlDbType.Text, asks.Select(a => a.Request.Client).ToArray());
        Add(command, NpgsqlDbType.Bytea, asks.Select(a => a.Request.Key).ToArray());
        Add(command, NpgsqlDbType.Bytea, asks.Select(a => a.Request.Content).ToArray());
        Add(command, NpgsqlDbType.Interval, asks.Select(a => a.Window).ToArray());
        var rows = new List<StartRow>(asks.Count);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(new StartRow(
                Verdict(reader.GetString(0)), reader.GetInt32(1), await reader.IsDBNullAsync(2) ? null : reader.GetFieldValue<byte[]>(2)));
        }

        return rows;
    }

    public async Task EndAsync(IReadOnlyList<EndAsk> asks)
    {
        await using var command = source.CreateCommand(EndSql);
        Add(command, NpgsqlDbType.Smallint, asks.Select(a => a.Request.Tenant).ToArray());
        Add(command, NpgsqlDbType.Text, asks.Select(a => a.Request.Client).ToArray());
        Add(command, NpgsqlDbType.Bytea, asks.Select(a => a.Request.Key).ToArray());
        Add(command, NpgsqlDbType.Integer, asks.Select(a => a.Attempt).ToArray());
        Add(command, NpgsqlDbType.Smallint, asks.Select(a => (short)a.Status).ToArray());
        Add(command, NpgsqlDbType.Bytea, asks.Select(a => a.Sealed).ToArray());
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Forgets what is past its window, a bounded number at a time.</summary>
    public async Task<int> ForgetAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT access.idempotency_forget()");
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static IdempotencyVerdict Verdict(string word) => word switch
    {
        "new" => IdempotencyVerdict.New,
        "repeat" => IdempotencyVerdict.Repeat,
        "clash" => IdempotencyVerdict.Clash,
        _ => IdempotencyVerdict.InFlight,
    };

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, T[] values) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values });
}
