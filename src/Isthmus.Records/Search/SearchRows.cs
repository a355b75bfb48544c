using Isthmus.Records.Facts;
using Isthmus.Records.Keys;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Records.Search;

/// <summary>The facts of one pack, as they lie.</summary>
internal sealed record SearchRow(long Pack, Guid Person, DateTimeOffset Committed, long[] Tokens, byte[] Facts);

/// <summary>What a search asks of the tables.</summary>
internal sealed class SearchRows(NpgsqlDataSource source, TenantKeys keys, SearchBounds bounds)
{
    /// <summary>The packs that could have what fits, the newest first, one more than the bound if there are more.</summary>
    public async Task<List<SearchRow>> NarrowAsync(IReadOnlyList<Narrowing> narrowings, long before, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand();
        command.CommandTimeout = (int)bounds.Store.TotalSeconds;
        command.Parameters.Add(new() { Value = keys.Tenant });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = bounds.Rows + 1 });
        var conditions = string.Concat(narrowings.Select(n => $" AND ({Condition(command, n)})"));
        command.CommandText =
            $"SELECT s.pack, s.person, s.committed, s.tokens, s.facts FROM phi.search s WHERE s.tenant = $1 AND s.pack < $2{conditions} ORDER BY s.pack DESC LIMIT $3";
        var rows = new List<SearchRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(new SearchRow(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<long[]>(3), reader.GetFieldValue<byte[]>(4)));
        }

        return rows;
    }

    /// <summary>Which of the versions are the current ones, in order.</summary>
    public async Task<bool[]> AreCurrentAsync(IReadOnlyList<FactsOfResource> versions, CancellationToken cancellation)
    {
        if (versions.Count == 0)
        {
            return [];
        }

        await using var command = source.CreateCommand(
            """
            SELECT NOT EXISTS (SELECT 1 FROM phi.resource r WHERE r.id = v.id AND r.type = v.type AND r.version > v.version AND NOT r.stale)
            FROM unnest($1, $2, $3) WITH ORDINALITY AS v(id, type, version, place) ORDER BY v.place
            """);
        Add(command, versions.Select(v => v.Id), NpgsqlDbType.Uuid);
        Add(command, versions.Select(v => v.Type), NpgsqlDbType.Smallint);
        Add(command, versions.Select(v => v.Version), NpgsqlDbType.Integer);
        var current = new bool[versions.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        for (var i = 0; await reader.ReadAsync(cancellation); i++)
        {
            current[i] = reader.GetBoolean(0);
        }

        return current;
    }

    private static string Condition(NpgsqlCommand command, Narrowing narrowing)
    {
        var terms = new List<string>();
        if (narrowing.Tokens.Count > 0)
        {
            terms.Add($"s.tokens && ${Add(command, narrowing.Tokens, NpgsqlDbType.Bigint)}");
        }

        if (narrowing.Persons.Count > 0)
        {
            terms.Add($"s.person = ANY (${Add(command, narrowing.Persons, NpgsqlDbType.Uuid)})");
        }

        if (narrowing.Resources.Count > 0)
        {
            // Its value is known before the rest is planned, so it is one look into an index and not one for each row.
            terms.Add($"s.pack = ANY (ARRAY(SELECT r.pack FROM phi.resource r WHERE r.id = ANY (${Add(command, narrowing.Resources, NpgsqlDbType.Uuid)})))");
        }

        return terms.Count == 0 ? "false" : string.Join(" OR ", terms);
    }

    /// <returns>The number of the parameter.</returns>
    private static int Add<T>(NpgsqlCommand command, IEnumerable<T> values, NpgsqlDbType type)
    {
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
        return command.Parameters.Count;
    }
}
