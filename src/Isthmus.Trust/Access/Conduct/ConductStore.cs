using Isthmus.Exchange.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Trust.Access.Conduct;

/// <summary>An alert that was opened just now.</summary>
/// <param name="Kind">client or address.</param>
internal sealed record OpenedAlert(string Kind, string Subject, string Cause, int Times);

/// <summary>What all nodes counted, in the database.</summary>
internal sealed class ConductStore(NpgsqlDataSource source)
{
    private const string Add = "SELECT kind, subject, cause, times FROM access.count_conduct($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    /// <summary>Adds the counts and weighs them; what is beyond a limit and had no open alert yet has one now.</summary>
    public async Task<IReadOnlyList<OpenedAlert>> AddAsync(
        short tenant, ConductLimits limits, Dictionary<(Subject Subject, ConductCause Cause), ConductCount> counted, CancellationToken cancellation)
    {
        var rows = counted.ToArray();
        await using var command = source.CreateCommand(Add);
        var parameters = command.Parameters;
        parameters.AddWithValue(tenant);
        parameters.AddWithValue(limits.Window);
        parameters.AddWithValue(limits.Failures);
        parameters.AddWithValue(limits.Repeats);
        parameters.AddWithValue(limits.Spread);
        parameters.AddWithValue(Array.ConvertAll(rows, r => r.Key.Subject.Kind));
        parameters.AddWithValue(Array.ConvertAll(rows, r => r.Key.Subject.Name));
        parameters.AddWithValue(Array.ConvertAll(rows, r => r.Key.Cause.Word()));
        parameters.AddWithValue(Array.ConvertAll(rows, r => r.Value.Times));
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = Array.ConvertAll(rows, r => r.Value.Spread()) });
        var opened = new List<OpenedAlert>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            opened.Add(new OpenedAlert(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3)));
        }

        return opened;
    }

    /// <summary>Closes alerts on what has been quiet for so long, and forgets counts that are a day old.</summary>
    public async Task KeepHouseAsync(TimeSpan quiet, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT access.forget_conduct($1)");
        command.Parameters.AddWithValue(quiet);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
