using System.Reflection;
using Isthmus.Store.Connections;
using Npgsql;

namespace Isthmus.Store.Schema;

/// <summary>
/// Brings a database to the schema of this binary: logins, then the modules' numbered scripts, each in a transaction of
/// its own, all under one advisory lock so that nodes starting together do not race. An applied script never changes.
/// </summary>
public static class Migrator
{
    /// <summary>Any constant will do; it must only be ours.</summary>
    private const long LockKey = 0x1573_A105;

    /// <summary>One clash per database that migrates at the same moment.</summary>
    private const int MostLoginAttempts = 50;

    private const string Bookkeeping =
        """
        CREATE SCHEMA IF NOT EXISTS migration;
        CREATE TABLE IF NOT EXISTS migration.applied (
            number int PRIMARY KEY, name text NOT NULL, hash text NOT NULL, at timestamptz NOT NULL DEFAULT now());
        """;

    /// <param name="ownerAddress">A connection string that may create roles and schemas. The connection closes before this returns.</param>
    /// <returns>How many scripts were applied.</returns>
    /// <exception cref="SchemaDiffersException">An applied script differs from the one in this binary.</exception>
    public static async Task<int> ApplyAsync(
        string ownerAddress, Credentials credentials, IEnumerable<Assembly> modules, CancellationToken cancellation = default)
    {
        var migrations = Migration.FromModules(modules.Append(typeof(Migrator).Assembly));
        var address = new NpgsqlConnectionStringBuilder(ownerAddress) { Pooling = false, IncludeErrorDetail = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellation);

        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellation);
        await ExecuteAsync(connection, Bookkeeping, cancellation);
        await EnsureLoginsAsync(connection, credentials, cancellation);
        var applied = await ReadAppliedAsync(connection, cancellation);

        var count = 0;
        foreach (var migration in migrations)
        {
            if (applied.TryGetValue(migration.Number, out var hash))
            {
                if (!string.Equals(hash, migration.Hash, StringComparison.Ordinal))
                {
                    throw new SchemaDiffersException(migration.Name);
                }

                continue;
            }

            await ApplyOneAsync(connection, migration, cancellation);
            count++;
        }

        await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", cancellation);
        return count;
    }

    private static async Task ApplyOneAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, migration.Sql, cancellation);
        await using var note = new NpgsqlCommand("INSERT INTO migration.applied (number, name, hash) VALUES ($1, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = migration.Number },
                new() { Value = migration.Name },
                new() { Value = migration.Hash },
            },
        };
        await note.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task EnsureLoginsAsync(NpgsqlConnection connection, Credentials credentials, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); END $$", cancellation);
        foreach (var role in ZoneRoles.All)
        {
            await EnsureLoginAsync(connection, role.LoginName(), credentials.PasswordFor(role), cancellation);
        }
    }

    /// <remarks>
    /// Logins belong to the whole server, advisory locks to one database: another database's migration may create or
    /// alter the same login at this moment, which PostgreSQL reports as "tuple concurrently updated" (XX000).
    /// </remarks>
    private static Task EnsureLoginAsync(NpgsqlConnection connection, string name, string password, CancellationToken cancellation) =>
        ExecuteAsync(
            connection,
            $"""
            DO $$ BEGIN
                BEGIN
                    CREATE ROLE {name} LOGIN NOINHERIT;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END;
                FOR attempt IN 1..{MostLoginAttempts} LOOP
                    BEGIN
                        ALTER ROLE {name} PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}';
                        EXIT;
                    EXCEPTION WHEN internal_error THEN
                        IF attempt = {MostLoginAttempts} THEN RAISE; END IF;
                    END;
                END LOOP;
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO {name}', current_database());
            END $$
            """,
            cancellation);

    private static async Task<Dictionary<int, string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var applied = new Dictionary<int, string>();
        await using var command = new NpgsqlCommand("SELECT number, hash FROM migration.applied", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        }

        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
