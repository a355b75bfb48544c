using Isthmus.Store;
using Isthmus.Store.Leases;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Inbound.Journal;

/// <summary>
/// Makes messages durable in groups: one statement, one commit and one disk flush for all that wait. The login may only
/// call <c>exchange.append</c>; it can read neither journal nor dedupe.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    private const string Append =
        "SELECT ordinal, message_id, verdict::text FROM exchange.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    /// <summary>Larger groups only add latency: a flush is amortised long before.</summary>
    private const int MostPerCommit = 256;

    private const int MostWaiting = 4096;

    /// <summary>
    /// While one lane waits for the disk the other is under way. A partition belongs to one lane, so that messages with
    /// one order key are journalled in the order in which they came.
    /// </summary>
    private const int Lanes = 2;

    private readonly NpgsqlDataSource source;
    private readonly short tenant;
    private readonly GroupCommit<JournalEntry, Journalled>[] lanes;

    public JournalWriter(NpgsqlDataSource source, short tenant)
    {
        this.source = source;
        this.tenant = tenant;
        lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new GroupCommit<JournalEntry, Journalled>(CommitAsync, MostPerCommit, MostWaiting))];
    }

    /// <summary>Returns when the entry is on disk.</summary>
    public Task<Journalled> AppendAsync(JournalEntry entry, CancellationToken cancellation) =>
        lanes[PartitionLeases.PartitionOf(entry.OrderKey) % Lanes].AddAsync(entry, cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes)
        {
            await lane.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<Journalled>> CommitAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        var results = new Journalled[entries.Count];
        var twins = new Dictionary<(long, Guid), int>(entries.Count);
        var parts = new Dictionary<(int SealKey, TimeSpan Window), List<int>>();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (twins.TryAdd((entry.Control, entry.Content), i))
            {
                var part = (entry.SealKey, entry.Source.Repeats.Window);
                (parts.TryGetValue(part, out var members) ? members : parts[part] = []).Add(i);
            }
        }

        foreach (var (part, members) in parts)
        {
            // A repeat whose first is being committed elsewhere at this moment is known only once that is done.
            var open = members;
            while (open.Count > 0)
            {
                open = await AppendPartAsync(part.SealKey, part.Window, open, entries, results, cancellation);
            }
        }

        // Twins inside one group: the first was journalled, the others repeat it.
        for (var i = 0; i < entries.Count; i++)
        {
            var first = twins[(entries[i].Control, entries[i].Content)];
            if (first != i)
            {
                results[i] = new Journalled(results[first].MessageId, JournalVerdict.Repeat);
            }
        }

        return results;
    }

    private async Task<List<int>> AppendPartAsync(
        int sealKey, TimeSpan window, List<int> members, IReadOnlyList<JournalEntry> entries, Journalled[] results, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Append);
        var add = command.Parameters;
        add.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Smallint });
        add.Add(new() { Value = sealKey, NpgsqlDbType = NpgsqlDbType.Integer });
        add.Add(new() { Value = window, NpgsqlDbType = NpgsqlDbType.Interval });
        add.Add(Column(members, i => entries[i].Source.Name, NpgsqlDbType.Text));
        add.Add(Column(members, i => entries[i].ControlId, NpgsqlDbType.Text));
        add.Add(Column(members, i => entries[i].Control, NpgsqlDbType.Bigint));
        add.Add(Column(members, i => entries[i].Content, NpgsqlDbType.Uuid));
        add.Add(Column(members, i => entries[i].OrderKey, NpgsqlDbType.Bigint));
        add.Add(Column(members, i => PartitionLeases.PartitionOf(entries[i].OrderKey), NpgsqlDbType.Smallint));
        add.Add(Column(members, i => entries[i].SealNonce, NpgsqlDbType.Bigint));
        add.Add(Column(members, i => entries[i].Size, NpgsqlDbType.Integer));
        add.Add(Column(members, i => entries[i].Body, NpgsqlDbType.Bytea));

        var open = new List<int>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var member = members[reader.GetInt32(0) - 1];
            if (await reader.IsDBNullAsync(1, cancellation))
            {
                open.Add(member);
                continue;
            }

            var verdict = reader.GetString(2) switch
            {
                "n" => JournalVerdict.New,
                "u" => JournalVerdict.ControlIdReused,
                _ => JournalVerdict.Repeat,
            };
            results[member] = new Journalled(reader.GetInt64(1), verdict);
        }

        return open;
    }

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
