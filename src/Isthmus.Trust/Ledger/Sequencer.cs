using Isthmus.Store.Leases;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Trust.Ledger;

/// <summary>What one pass did.</summary>
/// <param name="Events">Chained events.</param>
/// <param name="More">True when events were left for the next pass.</param>
internal readonly record struct SequencerPass(int Events, bool More);

/// <summary>
/// Takes what was appended and gives each event its place in its tenant's chain. What is pending is whatever is in the
/// table: a transaction that appended early and commits late is chained late, never skipped.
/// </summary>
internal sealed class Sequencer(NpgsqlDataSource source, PartitionLeases leases)
{
    /// <summary>Rows looked at in one pass, one per append.</summary>
    private const int MostAppends = 512;

    /// <summary>Events after which a pass takes no further append, so that it fits in memory and in a second.</summary>
    private const int EnoughEvents = 8192;

    /// <summary>
    /// Events between two summaries of the block-range indexes. Vacuum summarises too, but a search right after a busy
    /// hour should not depend on when it last ran.
    /// </summary>
    private const int SummariseAfter = 65_536;

    /// <summary>Asked first: the fence and the heads take row locks, which an idle ledger need not write twice a second.</summary>
    private const string AnyPending = "SELECT EXISTS (SELECT FROM ledger.pending WHERE (tenant & $1) = ANY ($2))";

    private const string ReadPending =
        """
        SELECT id, tenant, at, login, kind, actor, message, person, detail FROM ledger.pending
        WHERE (tenant & $1) = ANY ($2) ORDER BY id LIMIT $3
        """;

    private const string ReadHeads = "SELECT tenant, seq, hash FROM ledger.head WHERE (tenant & $1) = ANY ($2) FOR UPDATE";

    private const string WriteEntries =
        "COPY ledger.entry (seq, at, message_id, person, phrase, tenant, hash, detail) FROM STDIN (FORMAT binary)";

    private const string MoveHead =
        """
        INSERT INTO ledger.head AS h (tenant, seq, hash, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at WHERE h.seq = $5
        """;

    private const string DropPending = "DELETE FROM ledger.pending WHERE id = ANY ($1)";

    private readonly PhraseBook phrases = new(source);
    private readonly LedgerChain chain = new();
    private int sinceSummary;

    /// <summary>
    /// One pass over the tenants whose leases this node holds, in one transaction:
    /// 1. fence, 2. read what is pending and where the chains end, 3. number the words, 4. chain,
    /// 5. write the entries, 6. move the heads and drop what was pending.
    /// </summary>
    public async Task<SequencerPass> PassAsync(CancellationToken cancellation)
    {
        var held = await leases.HoldAsync(cancellation);
        if (held.Count == 0 || !await IsAnyPendingAsync(held, cancellation))
        {
            return default;
        }

        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // 1, 2.
        var (appends, heads, more) = await ReadAsync(connection, held, cancellation);
        if (appends.Count == 0)
        {
            return default;
        }

        // 3.
        foreach (var append in appends)
        {
            append.NoteIn(phrases);
        }

        await phrases.LearnAsync(cancellation);

        // 4, 5.
        var before = new Dictionary<short, ChainHead>(heads);
        var written = await WriteAsync(connection, appends, heads, cancellation);

        // 6.
        await SettleAsync(connection, appends, before, heads, cancellation);
        await transaction.CommitAsync(cancellation);

        await SummariseAsync(written, cancellation);
        return new SequencerPass(written, more);
    }

    private async Task<bool> IsAnyPendingAsync(IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(AnyPending);
        command.Parameters.AddRange(TenantsOf(held));
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>$1 and $2: a tenant's partition is its number modulo the partitions, which are a power of two.</summary>
    private static NpgsqlParameter[] TenantsOf(IReadOnlyList<LeasedPartition> held) =>
    [
        new NpgsqlParameter<int> { TypedValue = PartitionLeases.Partitions - 1 },
        new NpgsqlParameter<int[]> { TypedValue = [.. held.Select(l => (int)l.Partition)] },
    ];

    private async Task<(List<Append> Appends, Dictionary<short, ChainHead> Heads, bool More)> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<LeasedPartition> held, CancellationToken cancellation)
    {
        var readHeads = new NpgsqlBatchCommand(ReadHeads);
        readHeads.Parameters.AddRange(TenantsOf(held));
        var readPending = new NpgsqlBatchCommand(ReadPending);
        readPending.Parameters.AddRange(TenantsOf(held));
        readPending.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAppends });
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(leases.Fence(held));
        batch.BatchCommands.Add(readHeads);
        batch.BatchCommands.Add(readPending);

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        var heads = new Dictionary<short, ChainHead>();
        while (await reader.ReadAsync(cancellation))
        {
            heads.Add(reader.GetInt16(0), new ChainHead(reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), default));
        }

        await reader.NextResultAsync(cancellation);
        var appends = new List<Append>();
        var events = 0;
        while (await reader.ReadAsync(cancellation))
        {
            if (events >= EnoughEvents)
            {
                return (appends, heads, true);
            }

            appends.Add(Append.From(reader));
            events += appends[^1].Kind.Length;
        }

        return (appends, heads, appends.Count == MostAppends);
    }

    private async Task<int> WriteAsync(
        NpgsqlConnection connection, List<Append> appends, Dictionary<short, ChainHead> heads, CancellationToken cancellation)
    {
        var written = 0;
        await using var copy = await connection.BeginBinaryImportAsync(WriteEntries, cancellation);
        foreach (var append in appends)
        {
            var head = heads.GetValueOrDefault(append.Tenant, ChainHead.Genesis);
            for (var i = 0; i < append.Kind.Length; i++)
            {
                var next = append.Event(i, head.Seq + 1);
                var hash = chain.Next(head.Hash, next);
                var (phrase, ownDetail) = phrases.Find(append.Words(i));
                await copy.StartRowAsync(cancellation);
                await copy.WriteAsync(next.Seq, NpgsqlDbType.Bigint, cancellation);
                await copy.WriteAsync(next.At, NpgsqlDbType.TimestampTz, cancellation);
                await copy.WriteAsync(next.MessageId, NpgsqlDbType.Bigint, cancellation);
                await copy.WriteAsync(next.Person, NpgsqlDbType.Uuid, cancellation);
                await copy.WriteAsync(phrase, NpgsqlDbType.Integer, cancellation);
                await copy.WriteAsync(next.Tenant, NpgsqlDbType.Smallint, cancellation);
                await copy.WriteAsync(hash, NpgsqlDbType.Bytea, cancellation);
                await copy.WriteAsync(ownDetail, NpgsqlDbType.Text, cancellation);
                head = new ChainHead(next.Seq, hash, next.At);
                written++;
            }

            heads[append.Tenant] = head;
        }

        await copy.CompleteAsync(cancellation);
        return written;
    }

    private static async Task SettleAsync(
        NpgsqlConnection connection, List<Append> appends,
        Dictionary<short, ChainHead> before, Dictionary<short, ChainHead> after, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (tenant, head) in after)
        {
            var was = before.GetValueOrDefault(tenant, ChainHead.Genesis);
            if (was.Seq == head.Seq)
            {
                continue;
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand(MoveHead)
            {
                Parameters =
                {
                    new NpgsqlParameter<short> { TypedValue = tenant },
                    new NpgsqlParameter<long> { TypedValue = head.Seq },
                    new NpgsqlParameter<byte[]> { TypedValue = head.Hash },
                    new NpgsqlParameter<DateTime> { TypedValue = head.At },
                    new NpgsqlParameter<long> { TypedValue = was.Seq },
                },
            });
        }

        var expected = batch.BatchCommands.Count + appends.Count;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(DropPending)
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. appends.Select(a => a.Id)] } },
        });
        var affected = await batch.ExecuteNonQueryAsync(cancellation);
        if (affected != expected)
        {
            throw new LedgerForkException();
        }
    }

    private async Task SummariseAsync(int written, CancellationToken cancellation)
    {
        sinceSummary += written;
        if (sinceSummary < SummariseAfter)
        {
            return;
        }

        sinceSummary = 0;
        await using var command = source.CreateCommand("SELECT ledger.summarise()");
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Where a chain ends.</summary>
    private readonly record struct ChainHead(long Seq, byte[] Hash, DateTime At)
    {
        public static ChainHead Genesis { get; } = new(0, LedgerChain.Genesis.ToArray(), default);
    }

    /// <summary>One call of <c>ledger.append</c> as it waits.</summary>
    private sealed record Append(
        long Id, short Tenant, DateTime At, string Login,
        string[] Kind, string[] Actor, long?[] Message, Guid?[] Person, string[] Detail)
    {
        public static Append From(NpgsqlDataReader row) => new(
            row.GetInt64(0), row.GetInt16(1), row.GetDateTime(2), row.GetString(3),
            row.GetFieldValue<string[]>(4), row.GetFieldValue<string[]>(5), row.GetFieldValue<long?[]>(6),
            row.GetFieldValue<Guid?[]>(7), row.GetFieldValue<string[]>(8));

        public Phrase Words(int i) => new(Kind[i], Actor[i], Login, Detail[i]);

        public ChainedEvent Event(int i, long seq) =>
            new(Tenant, seq, At, Kind[i], Actor[i], Login, Message[i], Person[i], Detail[i]);

        public void NoteIn(PhraseBook book)
        {
            for (var i = 0; i < Kind.Length; i++)
            {
                book.Note(Words(i));
            }
        }
    }
}

/// <summary>A chain moved although its lease is held here: something outside of Isthmus writes to the ledger.</summary>
public sealed class LedgerForkException() : Exception("ledger.fork: the chain moved while its lease was held here; look who else writes to it.");
