using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Mediation.Persons;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Mediation.Identify;

/// <summary>The tables of schema <c>identity</c>.</summary>
internal static class IdentityTable
{
    /// <summary>The persons behind identifiers, by identifier key.</summary>
    public static async Task<Dictionary<Guid, KnownPerson>> FindAsync(
        NpgsqlDataSource source, short tenant, IReadOnlyCollection<Guid> identifiers, CancellationToken cancellation)
    {
        var found = new Dictionary<Guid, KnownPerson>(identifiers.Count);
        if (identifiers.Count == 0)
        {
            return found;
        }

        await using var command = source.CreateCommand(
            """
            SELECT i.key, p.person, p.family_key, p.given_key, p.birth_key, p.sex, p.state,
                   (SELECT array_agg(concat_ws(' ', g.resource, g.field, g.contract, g.message_id)) FROM mediation.gap g WHERE g.person = p.person)
            FROM identity.identifier i JOIN identity.person p USING (person)
            WHERE i.tenant = $1 AND i.key = ANY($2)
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.Add(new() { Value = identifiers.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found[reader.GetGuid(0)] = new KnownPerson(
                new PersonId(reader.GetGuid(1)), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetChar(5), reader.GetChar(6) == 'p',
                await reader.IsDBNullAsync(7, cancellation) ? [] : [.. reader.GetFieldValue<string[]>(7).Select(GapOf)]);
        }

        return found;
    }

    /// <summary>
    /// Writes new persons. Fails the transaction when another one has claimed an identifier in this moment; the batch is
    /// then worked again and finds that person.
    /// </summary>
    public static void AddNew(NpgsqlBatch batch, short tenant, IReadOnlyList<NewPerson> persons)
    {
        if (persons.Count == 0)
        {
            return;
        }

        var insert = new NpgsqlBatchCommand(
            """
            INSERT INTO identity.person (tenant, person, family_key, given_key, birth_key, sex, state, stated)
            SELECT $1, * FROM unnest($2, $3, $4, $5, $6::"char"[], $7::"char"[], $8)
            """);
        insert.Parameters.Add(new() { Value = tenant });
        Add(insert, persons.Select(p => p.Person.Id.Value), NpgsqlDbType.Uuid);
        Add(insert, persons.Select(p => p.Person.Family), NpgsqlDbType.Bigint);
        Add(insert, persons.Select(p => p.Person.Given), NpgsqlDbType.Bigint);
        Add(insert, persons.Select(p => p.Person.Birth), NpgsqlDbType.Bigint);
        Add(insert, persons.Select(p => p.Person.Sex.ToString()), NpgsqlDbType.Text);
        Add(insert, persons.Select(p => p.Person.Provisional ? "p" : "r"), NpgsqlDbType.Text);
        Add(insert, persons.Select(p => p.Said), NpgsqlDbType.Bigint);
        batch.BatchCommands.Add(insert);

        var identifiers = new NpgsqlBatchCommand(
            "INSERT INTO identity.identifier (tenant, key, person) SELECT $1, * FROM unnest($2, $3)");
        identifiers.Parameters.Add(new() { Value = tenant });
        Add(identifiers, persons.SelectMany(p => p.Identifiers), NpgsqlDbType.Uuid);
        Add(identifiers, persons.SelectMany(p => p.Identifiers.Select(_ => p.Person.Id.Value)), NpgsqlDbType.Uuid);
        batch.BatchCommands.Add(identifiers);
    }

    /// <summary>Writes what the authority says anew, unless something newer is there. A number that another has claimed meanwhile stays theirs.</summary>
    public static void Restate(NpgsqlBatch batch, short tenant, IReadOnlyList<RestatedPerson> persons)
    {
        if (persons.Count == 0)
        {
            return;
        }

        // Of several for one person in this batch the last to be said counts.
        RestatedPerson[] last = [.. persons.GroupBy(p => p.Person.Id).Select(g => g.MaxBy(p => p.Said)!)];
        var update = new NpgsqlBatchCommand(
            """
            UPDATE identity.person p SET family_key = n.family, given_key = n.given, birth_key = n.birth, sex = n.sex::"char",
                state = CASE p.state WHEN 'p' THEN 'r' ELSE p.state END, stated = n.said
            FROM unnest($1, $2, $3, $4, $5, $6) AS n(person, family, given, birth, sex, said)
            WHERE p.person = n.person AND p.stated <= n.said
            """);
        Add(update, last.Select(p => p.Person.Id.Value), NpgsqlDbType.Uuid);
        Add(update, last.Select(p => p.Person.Family), NpgsqlDbType.Bigint);
        Add(update, last.Select(p => p.Person.Given), NpgsqlDbType.Bigint);
        Add(update, last.Select(p => p.Person.Birth), NpgsqlDbType.Bigint);
        Add(update, last.Select(p => p.Person.Sex.ToString()), NpgsqlDbType.Text);
        Add(update, last.Select(p => p.Said), NpgsqlDbType.Bigint);
        batch.BatchCommands.Add(update);

        var added = persons.SelectMany(p => p.Identifiers.Select(i => (Identifier: i, Person: p.Person.Id.Value))).DistinctBy(a => a.Identifier).ToArray();
        if (added.Length > 0)
        {
            var identifiers = new NpgsqlBatchCommand(
                "INSERT INTO identity.identifier (tenant, key, person) SELECT $1, * FROM unnest($2, $3) ON CONFLICT DO NOTHING");
            identifiers.Parameters.Add(new() { Value = tenant });
            Add(identifiers, added.Select(a => a.Identifier), NpgsqlDbType.Uuid);
            Add(identifiers, added.Select(a => a.Person), NpgsqlDbType.Uuid);
            batch.BatchCommands.Add(identifiers);
        }
    }

    /// <summary>
    /// Locks persons in one order for all and reserves delivery numbers for each: the last number reserved, by person. A person who was
    /// merged into another since they were identified is not among them.
    /// </summary>
    public static async Task<Dictionary<Guid, long>> LockAndNumberAsync(
        NpgsqlConnection connection, IReadOnlyCollection<(Guid Person, int Numbers)> persons, CancellationToken cancellation)
    {
        var last = new Dictionary<Guid, long>(persons.Count);
        await using var command = new NpgsqlCommand(
            """
            WITH locked AS MATERIALIZED (
                SELECT p.person FROM identity.person p WHERE p.person = ANY($1) ORDER BY p.person FOR UPDATE)
            UPDATE identity.person p SET last_no = p.last_no + n.numbers
            FROM locked JOIN unnest($1, $2) AS n(person, numbers) USING (person)
            WHERE p.person = locked.person AND p.merged_into IS NULL
            RETURNING p.person, p.last_no
            """, connection);
        command.Parameters.Add(new() { Value = persons.Select(p => p.Person).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = persons.Select(p => p.Numbers).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            last[reader.GetGuid(0)] = reader.GetInt64(1);
        }

        return last;
    }

    private static OpenGap GapOf(string text) =>
        text.Split(' ') is [var resource, var field, var contract, var message]
            ? new OpenGap(Guid.Parse(resource), field, contract, long.Parse(message, CultureInfo.InvariantCulture))
            : throw new InvalidDataException("A gap is stored as four words.");

    private static void Add<T>(NpgsqlBatchCommand command, IEnumerable<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
