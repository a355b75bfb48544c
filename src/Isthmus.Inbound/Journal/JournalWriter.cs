using Isthmus.Exchange.Contracts;
using Isthmus.Store;
using Isthmus.Store.Leases;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Inbound.Journal;

/// <summary>
/// Makes messages durable in groups: one statement, one commit and one disk flush for all that wait. The login may only
/// call <c>exchange.append</c>; it can read neither journal nor dedupe. One group is under way at a time: a second one beside
/// it halves the groups and doubles what each message costs the server.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    private const string AppendInSequence =
        """
        SELECT ordinal, message_id, verdict::text, expected
        FROM inbound.append_in_sequence($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """;

    private const string Append =
        "SELECT ordinal, message_id, verdict::text FROM exchange.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, NULL)";

    private const string HandIn =
        """
        SELECT ordinal, message_id, verdict::text
        FROM inbound.hand_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """;

    /// <summary>Larger groups only add latency: a flush is amortised long before.</summary>
    private const int MostPerCommit = 256;

    private const int MostWaiting = 4096;

    /// <summary>PostgreSQL takes a parameter of up to 1 GB; large messages gain nothing from travelling together.</summary>
    private const int MostBytesPerCall = 32 * 1024 * 1024;

    private readonly NpgsqlDataSource source;
    private readonly short tenant;
    private readonly GroupCommit<JournalEntry, Journalled> group;

    public JournalWriter(NpgsqlDataSource source, short tenant, TimeProvider time)
    {
        this.source = source;
        this.tenant = tenant;
        group = new GroupCommit<JournalEntry, Journalled>(CommitAsync, MostPerCommit, MostWaiting, time);
    }

    /// <summary>Returns when the entry is on disk.</summary>
    public Task<Journalled> AppendAsync(JournalEntry entry, CancellationToken cancellation) =>
        group.AddAsync(entry, cancellation);

    /// <summary>The number that is due on a link that starts, or is resynchronised; -1 where the next message decides.</summary>
    public async Task<long> StartSequenceAsync(string link, bool resynchronise)
    {
        await using var command = source.CreateCommand("SELECT inbound.start_sequence($1, $2, $3)");
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = link, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = resynchronise, NpgsqlDbType = NpgsqlDbType.Boolean });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public ValueTask DisposeAsync() => group.DisposeAsync();

    private async Task<IReadOnlyList<Journalled>> CommitAsync(IReadOnlyList<JournalEntry> entries)
    {
        var results = new Journalled[entries.Count];
        var firsts = new Dictionary<(long, Guid), int>(entries.Count);
        var controls = new HashSet<long>(entries.Count);
        var call = new List<int>(entries.Count);
        var bytes = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Sequence is null && !firsts.TryAdd((entry.Control, entry.Content), i))
            {
                continue;
            }

            // Other content under one control id is known as such only once the first is committed. Calls keep the order
            // of the entries, whatever cuts them.
            if ((!controls.Add(entry.Control) && entry.Sequence is null) || bytes > MostBytesPerCall - entry.Body.Length
                || (call.Count > 0 && !HasTermsOf(entry, entries[call[0]])))
            {
                await AppendAsync(call, entries, results);
                call.Clear();
                controls.Clear();
                controls.Add(entry.Control);
                bytes = 0;
            }

            call.Add(i);
            bytes += entry.Body.Length;
        }

        await AppendAsync(call, entries, results);

        // Twins inside one group: the first was answered, the others repeat it.
        for (var i = 0; i < entries.Count; i++)
        {
            if (firsts.TryGetValue((entries[i].Control, entries[i].Content), out var first) && first != i && entries[i].Sequence is null)
            {
                results[i] = results[first].Verdict == JournalVerdict.Refused
                    ? results[first]
                    : new Journalled(results[first].MessageId, JournalVerdict.Repeat);
            }
        }

        return results;
    }

    private async Task AppendAsync(
        List<int> members, IReadOnlyList<JournalEntry> entries, Journalled[] results)
    {
        // A repeat whose first is being committed elsewhere at this moment is known only once that is done.
        var open = members;
        while (open.Count > 0)
        {
            open = await CallAsync(open, entries, results);
        }
    }

    private async Task<List<int>> CallAsync(
        List<int> members, IReadOnlyList<JournalEntry> entries, Journalled[] results)
    {
        var terms = entries[members[0]].Source.Repeats;
        var sequence = entries[members[0]].Sequence;
        var isHandedIn = entries[members[0]].By is not null;
        await using var command = source.CreateCommand(isHandedIn ? HandIn : sequence is null ? Append : AppendInSequence);
        var add = command.Parameters;
        add.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Smallint });
        add.Add(new() { Value = terms.Window, NpgsqlDbType = NpgsqlDbType.Interval });
        add.Add(new() { Value = terms.ReusedControlId == ReusedControlId.Refuse, NpgsqlDbType = NpgsqlDbType.Boolean });
        if (sequence is not null)
        {
            add.Add(new() { Value = sequence.Link, NpgsqlDbType = NpgsqlDbType.Text });
            add.Add(Column(members, i => entries[i].Sequence!.Number, NpgsqlDbType.Bigint));
        }

        add.Add(Column(members, i => entries[i].Source.Name, NpgsqlDbType.Text));
        add.Add(Column(members, i => entries[i].ControlId, NpgsqlDbType.Text));
        add.Add(Column(members, i => entries[i].Control, NpgsqlDbType.Bigint));
        add.Add(Column(members, i => entries[i].Content, NpgsqlDbType.Uuid));
        add.Add(Column(members, i => entries[i].OrderKey, NpgsqlDbType.Bigint));
        add.Add(Column(members, i => PartitionLeases.PartitionOf(entries[i].OrderKey), NpgsqlDbType.Smallint));
        add.Add(Column(members, i => entries[i].SealKey, NpgsqlDbType.Integer));
        add.Add(Column(members, i => entries[i].SealNonce, NpgsqlDbType.Bigint));
        add.Add(Column(members, i => entries[i].Size, NpgsqlDbType.Integer));
        add.Add(Column(members, i => entries[i].Body, NpgsqlDbType.Bytea));
        if (isHandedIn)
        {
            add.Add(Column(members, i => entries[i].By!.Client, NpgsqlDbType.Text));
            add.Add(Column(members, i => entries[i].By!.Token, NpgsqlDbType.Uuid));
            add.Add(Column(members, i => entries[i].By!.Contract, NpgsqlDbType.Text));
            add.Add(Column(members, i => entries[i].By!.Correlation, NpgsqlDbType.Text));
        }

        var open = new List<int>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var member = members[reader.GetInt32(0) - 1];
            var verdict = VerdictOf(reader.GetString(2));
            long? expected = sequence is null ? null : reader.GetInt64(3);
            if (!await reader.IsDBNullAsync(1))
            {
                results[member] = new Journalled(reader.GetInt64(1), verdict, expected);
            }
            else if (verdict is JournalVerdict.Refused or JournalVerdict.Gap or JournalVerdict.Behind)
            {
                results[member] = new Journalled(0, verdict, expected);
            }
            else
            {
                open.Add(member);
            }
        }

        return open;
    }

    private static bool HasTermsOf(JournalEntry one, JournalEntry other) =>
        one.Sequence?.Link == other.Sequence?.Link && one.By is null == other.By is null
        && one.Source.Repeats.Window == other.Source.Repeats.Window && one.Source.Repeats.ReusedControlId == other.Source.Repeats.ReusedControlId;

    private static JournalVerdict VerdictOf(string verdict) => verdict switch
    {
        "n" => JournalVerdict.New,
        "u" => JournalVerdict.ControlIdReused,
        "x" => JournalVerdict.Refused,
        "g" => JournalVerdict.Gap,
        "b" => JournalVerdict.Behind,
        _ => JournalVerdict.Repeat,
    };

    private static NpgsqlParameter Column<T>(List<int> members, Func<int, T> value, NpgsqlDbType type)
    {
        var column = new T[members.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(members[i]);
        }

        return new NpgsqlParameter { Value = column, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
