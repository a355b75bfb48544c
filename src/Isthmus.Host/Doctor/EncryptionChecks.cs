using System.Globalization;
using Npgsql;

namespace Isthmus.Host.Doctor;

/// <summary>
/// Encryption at rest, store by store: what Isthmus encrypts itself, proved by looking at the newest rows, and
/// what it leaves to the disk.
/// </summary>
internal static class EncryptionChecks
{
    private const int Sample = 200;

    /// <summary>Stores of patient data as bytes, and what is in them.</summary>
    private static readonly (string Table, string Column, string Order, string What)[] Sealed =
    [
        ("exchange.journal", "body", "id", "raw messages, sealed to Mediation's key"),
        ("exchange.delivery", "payload", "id", "payloads of deliveries, sealed to Outbound's key"),
        ("phi.pack", "body", "id", "canonical resources, under the tenant's data key"),
    ];

    public static async Task<IReadOnlyList<Diagnosis>> ExamineAsync(NpgsqlDataSource store, CancellationToken cancellation)
    {
        var said = new List<Diagnosis>();
        foreach (var (table, column, order, what) in Sealed)
        {
            said.Add(await ExamineAsync(store, table, column, order, what, cancellation));
        }

        said.Add(Diagnosis.Ok("encryption.phi.search", "phi.search: keyed hashes, and dates of care in clear; names, identifiers, codes and dates of birth cannot be read."));
        said.Add(Diagnosis.Ok("encryption.ledger", "ledger: not encrypted by Isthmus; it holds who did what under which decision, by pseudonymous keys, and no clinical content."));
        said.Add(Diagnosis.Ok("encryption.backup", "Write-ahead log and temporary files hold the same sealed bytes; whatever else is in them is the disk's to encrypt."));
        return said;
    }

    private static async Task<Diagnosis> ExamineAsync(
        NpgsqlDataSource store, string table, string column, string order, string what, CancellationToken cancellation)
    {
        var check = $"encryption.{table}";
        await using var exists = store.CreateCommand("SELECT to_regclass($1) IS NOT NULL");
        exists.Parameters.Add(new NpgsqlParameter { Value = table });
        if (await exists.ExecuteScalarAsync(cancellation) is not true)
        {
            return Diagnosis.Ok(check, $"{table}: {what}; not there yet.");
        }

        // What HL7 v2 and FHIR cannot do without would stand in a row that was not sealed.
        await using var look = store.CreateCommand(
            $"""
            SELECT count(*), count(*) FILTER (
                WHERE position('MSH|'::bytea in sealed) > 0 OR position('PID|'::bytea in sealed) > 0 OR position('"resourceType"'::bytea in sealed) > 0)
            FROM (SELECT {column} AS sealed FROM {table} WHERE {column} IS NOT NULL ORDER BY {order} DESC LIMIT {Sample}) newest
            """);
        await using var answer = await look.ExecuteReaderAsync(cancellation);
        await answer.ReadAsync(cancellation);
        var (seen, plain) = (answer.GetInt64(0), answer.GetInt64(1));
        return Diagnosis.When(
            plain == 0, check,
            string.Create(CultureInfo.InvariantCulture, $"{table}: {what}; {(plain == 0 ? "none" : plain)} of the newest {seen} rows can be read without a key."),
            Verdict.Fault, "Stop this node: something writes past the seal. Keep the rows and report it.");
    }
}
