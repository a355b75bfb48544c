using Npgsql;

namespace Isthmus.Trust.Ledger;

/// <summary>What is wrong with a chain, at its first fault.</summary>
/// <param name="Seq">The place at which the chain no longer holds.</param>
/// <param name="Rule">One of <see cref="LedgerRules"/>.</param>
public sealed record LedgerFault(long Seq, string Rule, string Text);

/// <summary>Where a chain ends: note it elsewhere, and a chain rewritten as a whole can be told from this one.</summary>
/// <param name="Hash">64 hex digits.</param>
public sealed record LedgerHead(long Seq, string Hash)
{
    /// <summary>Reads <c>SEQ:HASH</c>; null when it is not one.</summary>
    public static LedgerHead? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && long.TryParse(text.AsSpan(0, colon), out var seq) && text.Length - colon - 1 == LedgerChain.HashSize * 2
            ? new LedgerHead(seq, text[(colon + 1)..].ToLowerInvariant())
            : null;
    }

    public override string ToString() => $"{Seq}:{Hash}";
}

/// <summary>What recomputing a chain found.</summary>
/// <param name="Events">Events whose hash was recomputed and found right.</param>
/// <param name="Verified">True when that is all of them and the head fits.</param>
public sealed record LedgerVerdict(short Tenant, long Events, bool Verified, LedgerHead Head, LedgerFault? Fault)
{
    /// <summary>Effects whose events are durable and have no place in the chain yet; they get one within a second.</summary>
    public long Waiting { get; init; }
}

/// <summary>The faults a chain can have, with their sentences.</summary>
public static class LedgerRules
{
    public const string Altered = "ledger.event-altered";
    public const string Missing = "ledger.event-missing";
    public const string Repeated = "ledger.event-repeated";
    public const string WordsGone = "ledger.words-gone";
    public const string TailMissing = "ledger.tail-missing";
    public const string BeyondHead = "ledger.event-beyond-head";
    public const string HeadAltered = "ledger.head-altered";
    public const string AnchorDiffers = "ledger.anchor-differs";

    internal static LedgerFault At(long seq, string rule) => new(seq, rule, rule switch
    {
        Altered => "This event, or the hash before it, was changed after it was chained, or events changed places.",
        Missing => "The event that belongs here is gone.",
        Repeated => "Two events claim this place.",
        WordsGone => "The event's kind, actor and detail were deleted from the phrases.",
        TailMissing => "The chain ends before its head: the last events were deleted.",
        BeyondHead => "There is an event after the chain's head.",
        HeadAltered => "The head does not carry the hash of the last event.",
        AnchorDiffers => "The chain does not have here the hash that was noted: it was rewritten since.",
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    });
}

/// <summary>
/// Recomputes a tenant's chain from its first event to its head and finds the first place where it does not hold. Reads
/// in short statements, so that a long verification holds nothing up.
/// </summary>
/// <param name="source">A login that may read the ledger: the operator's.</param>
public sealed class LedgerVerifier(NpgsqlDataSource source)
{
    /// <summary>Places read by one statement: a few megabytes, sorted in memory.</summary>
    private const int Stretch = 20_000;

    private const string ReadHead = "SELECT seq, hash FROM ledger.head WHERE tenant = $1";

    // One statement, one snapshot: the sequencer moves the head and adds its events together.
    private const string ReadBeyondHead =
        """
        SELECT min(e.seq) FROM ledger.entry e
        WHERE e.tenant = $1 AND e.seq > coalesce((SELECT seq FROM ledger.head WHERE tenant = $1), 0)
        """;

    private const string CountWaiting = "SELECT count(*) FROM ledger.pending WHERE tenant = $1";

    private const string ReadStretch =
        """
        SELECT seq, at, message_id, person, phrase, hash, detail FROM ledger.entry
        WHERE tenant = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq
        """;

    private readonly Dictionary<int, Phrase> phrases = [];

    /// <param name="tenant">Whose chain.</param>
    /// <param name="anchor">A head noted earlier, outside this database; null when there is none.</param>
    public async Task<LedgerVerdict> VerifyAsync(short tenant, LedgerHead? anchor, CancellationToken cancellation)
    {
        await ReadPhrasesAsync(cancellation);
        var head = await ReadHeadAsync(tenant, cancellation);
        var walk = new Walk(tenant, anchor);
        for (var from = 1L; from <= head.Seq && walk.Fault is null; from += Stretch)
        {
            await VerifyStretchAsync(walk, from, Math.Min(from + Stretch - 1, head.Seq), cancellation);
        }

        walk.ArriveAt(head);
        if (walk.Fault is null && await NumberAsync(ReadBeyondHead, tenant, cancellation) is { } beyond)
        {
            walk.Fault = LedgerRules.At(beyond, LedgerRules.BeyondHead);
        }

        return new LedgerVerdict(tenant, walk.Seq, walk.Fault is null, head, walk.Fault)
        {
            Waiting = await NumberAsync(CountWaiting, tenant, cancellation) ?? 0,
        };
    }

    private async Task VerifyStretchAsync(Walk walk, long from, long to, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(ReadStretch);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = walk.Tenant });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (walk.Fault is null && await reader.ReadAsync(cancellation))
        {
            var seq = reader.GetInt64(0);
            if (await FindPhraseAsync(reader.GetInt32(4), cancellation) is not { } phrase)
            {
                walk.Fault = LedgerRules.At(seq, LedgerRules.WordsGone);
                return;
            }

            var detail = reader.IsDBNull(6) ? phrase.Detail ?? "" : reader.GetString(6);
            long? message = reader.IsDBNull(2) ? null : reader.GetInt64(2);
            Guid? person = reader.IsDBNull(3) ? null : reader.GetGuid(3);
            walk.Step(
                new ChainedEvent(walk.Tenant, seq, reader.GetDateTime(1), phrase.Kind, phrase.Actor, phrase.Login, message, person, detail),
                reader.GetFieldValue<byte[]>(5));
        }
    }

    /// <summary>The sequencer may have learnt a phrase since they were read.</summary>
    private async ValueTask<Phrase?> FindPhraseAsync(int id, CancellationToken cancellation)
    {
        if (!phrases.ContainsKey(id))
        {
            await ReadPhrasesAsync(cancellation);
        }

        return phrases.TryGetValue(id, out var phrase) ? phrase : null;
    }

    private async Task ReadPhrasesAsync(CancellationToken cancellation)
    {
        await foreach (var (id, phrase) in PhraseBook.ReadAsync(source, cancellation))
        {
            phrases[id] = phrase;
        }
    }

    private async Task<LedgerHead> ReadHeadAsync(short tenant, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(ReadHead);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = tenant });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new LedgerHead(reader.GetInt64(0), Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(1)))
            : new LedgerHead(0, Convert.ToHexStringLower(LedgerChain.Genesis));
    }

    private async Task<long?> NumberAsync(string question, short tenant, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(question);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = tenant });
        return await command.ExecuteScalarAsync(cancellation) as long?;
    }

    /// <summary>The recomputation on its way along the chain.</summary>
    private sealed class Walk(short tenant, LedgerHead? anchor)
    {
        private readonly LedgerChain chain = new();
        private byte[] hash = LedgerChain.Genesis.ToArray();

        public short Tenant { get; } = tenant;

        public long Seq { get; private set; }

        public LedgerFault? Fault { get; set; }

        public void Step(in ChainedEvent next, byte[] stored)
        {
            if (next.Seq != Seq + 1)
            {
                Fault = next.Seq > Seq ? LedgerRules.At(Seq + 1, LedgerRules.Missing) : LedgerRules.At(next.Seq, LedgerRules.Repeated);
                return;
            }

            hash = chain.Next(hash, next);
            if (!hash.AsSpan().SequenceEqual(stored))
            {
                Fault = LedgerRules.At(next.Seq, LedgerRules.Altered);
                return;
            }

            Seq = next.Seq;
            if (anchor?.Seq == Seq && anchor.Hash != Convert.ToHexStringLower(hash))
            {
                Fault = LedgerRules.At(Seq, LedgerRules.AnchorDiffers);
            }
        }

        public void ArriveAt(LedgerHead head)
        {
            if (Fault is not null)
            {
                return;
            }

            if (Seq < head.Seq)
            {
                Fault = LedgerRules.At(Seq + 1, LedgerRules.TailMissing);
            }
            else if (head.Hash != Convert.ToHexStringLower(hash))
            {
                Fault = LedgerRules.At(head.Seq, LedgerRules.HeadAltered);
            }
            else if (anchor is not null && anchor.Seq > Seq)
            {
                Fault = LedgerRules.At(Seq + 1, LedgerRules.TailMissing);
            }
        }
    }
}
