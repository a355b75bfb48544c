using Npgsql;

namespace Isthmus.Testing;

/// <summary>
/// What each login may do in the store: as the catalog has it, and as it was looked at and written down in <c>ZoneRights.txt</c>, with a
/// line for each table, view and function, and none of which is left to chance.
/// </summary>
public static class ZoneRights
{
    private static readonly string[] Doings = ["SELECT", "INSERT", "UPDATE", "DELETE"];

    /// <summary>Rights on single columns are named with them.</summary>
    private const string OfCatalog =
        """
        WITH login AS (SELECT oid, substr(rolname, 9) AS name FROM pg_roles WHERE rolname LIKE 'isthmus\_%' AND rolname <> 'isthmus_owner'),
        schema AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
        may AS (
            SELECT c.oid, l.name, string_agg(
                d.word || CASE WHEN has_table_privilege(l.oid, c.oid, d.word) THEN '' ELSE '(' || (
                    SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(l.oid, c.oid, a.attnum, d.word)) || ')' END,
                ' ' ORDER BY d.no) AS rights
            FROM pg_class c CROSS JOIN login l CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY d(word, no)
            WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND has_schema_privilege(l.oid, c.relnamespace, 'USAGE')
              AND CASE d.word WHEN 'DELETE' THEN has_table_privilege(l.oid, c.oid, d.word) ELSE has_any_column_privilege(l.oid, c.oid, d.word) END
            GROUP BY c.oid, l.name)
        SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END || ' ' || s.nspname || '.' || c.relname
            || coalesce(': ' || (SELECT string_agg(m.name || ' ' || m.rights, '; ' ORDER BY m.name) FROM may m WHERE m.oid = c.oid), '')
        FROM pg_class c JOIN schema s ON s.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
        UNION ALL
        SELECT 'function ' || s.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')' || coalesce(': ' || (
            SELECT string_agg(l.name, '; ' ORDER BY l.name) FROM login l
            WHERE has_schema_privilege(l.oid, s.oid, 'USAGE') AND has_function_privilege(l.oid, p.oid, 'EXECUTE')), '')
        FROM pg_proc p JOIN schema s ON s.oid = p.pronamespace
        """;

    private const string Tables =
        """
        SELECT format('%I.%I', n.nspname, c.relname), c.relkind IN ('r', 'p'),
            (SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LIMIT 1)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """;

    private const string Functions =
        """
        SELECT n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
            format('SELECT %I.%I(%s)', n.nspname, p.proname,
                (SELECT string_agg('NULL::' || format_type(t.type, NULL), ', ' ORDER BY t.no) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY t(type, no)))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """;

    public static string CommittedFile { get; } = Repository.PathOf("test", "Isthmus.Testing", "ZoneRights.txt");

    /// <summary>As the catalog has it, in the order of the file.</summary>
    public static async Task<IReadOnlyList<string>> OfCatalogAsync(NpgsqlConnection owner)
    {
        await using var query = new NpgsqlCommand(OfCatalog, owner);
        await using var rows = await query.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await rows.ReadAsync())
        {
            lines.Add(rows.GetString(0));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>Tries all that a login may not do according to the file, and reads all that it may; what came out otherwise.</summary>
    /// <param name="owner">Sees the catalog.</param>
    /// <param name="zone">A connection of the login.</param>
    /// <param name="login">Without <c>isthmus_</c>.</param>
    public static async Task<IReadOnlyList<string>> TryAsync(NpgsqlConnection owner, NpgsqlConnection zone, string login)
    {
        var rights = await CommittedAsync(login);
        var breaches = new List<string>();
        foreach (var (table, isTable, column) in await RowsAsync(owner, Tables, row => (row.GetString(0), row.GetBoolean(1), row.GetString(2))))
        {
            foreach (var doing in Doings.Where(word => isTable || word == "SELECT"))
            {
                var expected = rights.Contains($"{table} {doing}");
                if ((expected && doing != "SELECT") || await MayAsync(zone, Statement(doing, table, column)) == expected)
                {
                    continue;
                }

                breaches.Add($"{login} {(expected ? "cannot" : "can")} {doing} {table}");
            }
        }

        foreach (var (function, call) in await RowsAsync(owner, Functions, row => (row.GetString(0), row.GetString(1))))
        {
            if (!rights.Contains(function) && await MayAsync(zone, call))
            {
                breaches.Add($"{login} can call {function}");
            }
        }

        return breaches;
    }

    /// <summary>A statement that would change nothing that is kept; it fails for the right alone, or is let.</summary>
    private static string Statement(string doing, string table, string column) => doing switch
    {
        "SELECT" => $"SELECT 1 FROM {table} LIMIT 0",
        "INSERT" => $"INSERT INTO {table} DEFAULT VALUES",
        "UPDATE" => $"UPDATE {table} SET {column} = DEFAULT WHERE false",
        _ => $"DELETE FROM {table} WHERE false",
    };

    private static async Task<bool> MayAsync(NpgsqlConnection zone, string sql)
    {
        // Whatever a call that should have been refused does is taken back.
        await using var transaction = await zone.BeginTransactionAsync();
        try
        {
            await using var command = new NpgsqlCommand(sql, zone, transaction);
            await command.ExecuteNonQueryAsync();
            return true;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState != PostgresErrorCodes.InsufficientPrivilege;
        }
    }

    /// <summary><c>table SELECT</c>, <c>function(types)</c>.</summary>
    private static async Task<HashSet<string>> CommittedAsync(string login)
    {
        var rights = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in await File.ReadAllLinesAsync(CommittedFile))
        {
            var (thing, who) = line.Split(": ", 2) is [var left, var right] ? (left, right) : (line, "");
            var name = thing[(thing.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            foreach (var words in who.Split("; ").Select(one => one.Split(' ')).Where(words => words[0] == login))
            {
                rights.UnionWith(words.Length == 1 ? [name] : words.Skip(1).Select(word => $"{name} {word.Split('(')[0]}"));
            }
        }

        return rights;
    }

    private static async Task<List<T>> RowsAsync<T>(NpgsqlConnection owner, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var query = new NpgsqlCommand(sql, owner);
        await using var rows = await query.ExecuteReaderAsync();
        var found = new List<T>();
        while (await rows.ReadAsync())
        {
            found.Add(read(rows));
        }

        return found;
    }
}
