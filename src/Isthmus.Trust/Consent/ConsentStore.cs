using System.Text.Encodings.Web;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Trust.Consent.Directives;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Trust.Consent;

/// <summary>
/// Directives on file. Read at every decision and never cached, so that a revocation holds from its commit on, on every
/// node.
/// </summary>
/// <param name="source">Mediation's or the operator's login to record, also Outbound's to load.</param>
public sealed class ConsentStore(NpgsqlDataSource source)
{
    private const string Record = "SELECT consent.record($1, $2, $3, $4, $5, $6, $7)";

    private const string Load =
        "SELECT person, body FROM consent.directive WHERE tenant = $1 AND person = ANY ($2) AND in_force ORDER BY person, no";

    /// <summary>
    /// Puts a version in force, with its ledger event in the same transaction. The version that is in force already
    /// is recognised and changes nothing.
    /// </summary>
    /// <param name="actor">Who brought it, for the ledger.</param>
    /// <returns>Whether anything changed.</returns>
    public async Task<bool> RecordAsync(short tenant, ConsentDirective directive, string actor, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var record = new NpgsqlCommand(Record, connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<short> { TypedValue = tenant },
                new NpgsqlParameter<Guid> { TypedValue = directive.Person.Value },
                new NpgsqlParameter<string> { TypedValue = directive.Id },
                new NpgsqlParameter<string> { TypedValue = directive.Version },
                new NpgsqlParameter<string> { TypedValue = directive.Status.ToString() },
                new NpgsqlParameter<bool> { TypedValue = directive.Root is not null },
                new NpgsqlParameter<byte[]> { TypedValue = JsonSerializer.SerializeToUtf8Bytes(directive, DirectiveJson.Default.ConsentDirective) },
            },
        };
        if (await record.ExecuteScalarAsync(cancellation) is not true)
        {
            return false;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        LedgerAppend.AddTo(batch, tenant, [Event(directive, actor)]);
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>The directives in force of several persons in one round trip; a person without any is not in the answer.</summary>
    public async Task<IReadOnlyDictionary<PersonId, IReadOnlyList<ConsentDirective>>> LoadAsync(
        short tenant, IEnumerable<PersonId> persons, CancellationToken cancellation)
    {
        await using var load = source.CreateCommand(Load);
        load.Parameters.Add(new NpgsqlParameter<short> { TypedValue = tenant });
        load.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. persons.Select(p => p.Value).Distinct()] });
        return await ReadAsync(load, cancellation);
    }

    /// <summary>
    /// The same inside a transaction of the caller, so that a decision and its effect see one state.
    /// </summary>
    public static async Task<IReadOnlyDictionary<PersonId, IReadOnlyList<ConsentDirective>>> LoadAsync(
        NpgsqlConnection connection, short tenant, IEnumerable<PersonId> persons, CancellationToken cancellation)
    {
        await using var load = new NpgsqlCommand(Load, connection);
        load.Parameters.Add(new NpgsqlParameter<short> { TypedValue = tenant });
        load.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. persons.Select(p => p.Value).Distinct()] });
        return await ReadAsync(load, cancellation);
    }

    private static async Task<IReadOnlyDictionary<PersonId, IReadOnlyList<ConsentDirective>>> ReadAsync(
        NpgsqlCommand load, CancellationToken cancellation)
    {
        var found = new Dictionary<PersonId, IReadOnlyList<ConsentDirective>>();
        await using var reader = await load.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var person = new PersonId(reader.GetGuid(0));
            var directive = DirectiveJson.Read(person, reader.GetFieldValue<byte[]>(1));
            if (found.TryGetValue(person, out var list))
            {
                ((List<ConsentDirective>)list).Add(directive);
            }
            else
            {
                found.Add(person, new List<ConsentDirective> { directive });
            }
        }

        return found;
    }

    private static LedgerEvent Event(ConsentDirective directive, string actor) => new(
        LedgerKinds.ConsentRecorded,
        actor,
        null,
        directive.Person,
        $$"""{"consent":"{{JavaScriptEncoder.Default.Encode(directive.Name)}}","status":"{{directive.Status}}","readable":{{(directive.Root is null ? "false" : "true")}}}""");
}
