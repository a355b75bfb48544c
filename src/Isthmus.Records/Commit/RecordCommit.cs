using Isthmus.Exchange;
using Isthmus.Records.Facts;
using Isthmus.Records.Keys;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Records.Commit;

/// <summary>What a commit did with one resource.</summary>
public enum CommitEffect
{
    /// <summary>A first or newer version, and now the current one.</summary>
    Current,

    /// <summary>Equal to the current version; no version was written.</summary>
    Unchanged,

    /// <summary>Older than the current version by <see cref="Standing"/>: kept, never current.</summary>
    Stale,
}

/// <summary>
/// Commits packs: compares each resource with its current version, then adds the rows to the caller's transaction. The
/// caller holds the locks of the persons concerned, so that comparing and writing see the same truth.
/// </summary>
public sealed class RecordCommit(TenantKeys keys)
{
    private readonly SearchTokens search = new(keys.SearchKey);

    /// <summary>Ids for packs that are going to be written.</summary>
    public static async Task<long[]> NewPackIdsAsync(NpgsqlConnection connection, int count, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT nextval('phi.pack_id') FROM generate_series(1, $1)", connection);
        command.Parameters.AddWithValue(count);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var ids = new long[count];
        for (var i = 0; await reader.ReadAsync(cancellation); i++)
        {
            ids[i] = reader.GetInt64(0);
        }

        return ids;
    }

    /// <summary>
    /// Decides what each resource of each pack is against what is current, in the order of the packs. Reads inside the
    /// caller's transaction.
    /// </summary>
    /// <returns>One array per pack, one effect per resource.</returns>
    public static async Task<IReadOnlyList<RecordVersions>> CompareAsync(
        NpgsqlConnection connection, IReadOnlyList<PackDraft> packs, CancellationToken cancellation)
    {
        var current = await ReadCurrentAsync(connection, packs, cancellation);
        if (ChangedShared(packs, current) is { Length: > 0 } changed)
        {
            // Nobody's lock of a person covers what persons share, so these take a lock of their own and look again.
            await LockAsync(connection, changed, cancellation);
            current = await ReadCurrentAsync(connection, packs, cancellation);
        }

        var results = new RecordVersions[packs.Count];
        for (var p = 0; p < packs.Count; p++)
        {
            var resources = packs[p].Resources;
            var versions = new RecordVersion[resources.Count];
            for (var r = 0; r < resources.Count; r++)
            {
                versions[r] = Decide(current, resources[r]);
            }

            results[p] = new RecordVersions(versions);
        }

        return results;
    }

    /// <summary>
    /// Writes the resources' rows into the caller's transaction, and adds those of their packs to the batch of its effect.
    /// </summary>
    public async Task WriteAsync(
        NpgsqlConnection connection, NpgsqlBatch batch, IReadOnlyList<PackDraft> packs, IReadOnlyList<RecordVersions> versions,
        IReadOnlyList<long> packIds, CancellationToken cancellation)
    {
        if (packs.Count == 0)
        {
            return;
        }

        var encoded = packs.Select((pack, i) => pack.Encode(keys, search, versions[i], packIds[i])).ToArray();
        await new ResourceRows(keys.Tenant, packs, versions, packIds).CopyAsync(connection, cancellation);
        AddPacks(batch, packs, encoded);
        AddSearch(batch, packs, encoded);
        AddConfirmations(batch, packs, versions);
    }

    private static RecordVersion Decide(Dictionary<(Guid, short), Known> current, ResourceDraft draft)
    {
        var key = (draft.Id, ResourceTypes.NumberOf(draft.Type));
        var digest = draft.Digest;
        if (!current.TryGetValue(key, out var known))
        {
            current[key] = new Known(1, 1, digest, draft.Standing);
            return new RecordVersion(CommitEffect.Current, 1, digest);
        }

        if (known.Digest == digest)
        {
            // Said again later: what comes late between the two must not overwrite it. What persons share is said by
            // everybody all the time, and is not worth a lock for that.
            var confirmed = draft.Standing > known.Standing && !ResourceTypes.IsShared(draft.Type);
            current[key] = confirmed ? known with { Standing = draft.Standing } : known;
            return new RecordVersion(CommitEffect.Unchanged, known.Version, digest, confirmed);
        }

        var next = known.Highest + 1;
        if (draft.Standing < known.Standing)
        {
            current[key] = known with { Highest = next };
            return new RecordVersion(CommitEffect.Stale, next, digest);
        }

        current[key] = new Known(next, next, digest, draft.Standing);
        return new RecordVersion(CommitEffect.Current, next, digest);
    }

    private static long[] ChangedShared(IReadOnlyList<PackDraft> packs, Dictionary<(Guid, short), Known> current) =>
    [
        .. packs.SelectMany(p => p.Resources)
            .Where(r => ResourceTypes.IsShared(r.Type)
                && (!current.TryGetValue((r.Id, ResourceTypes.NumberOf(r.Type)), out var known) || known.Digest != r.Digest))
            .Select(r => BitConverter.ToInt64(r.Id.ToByteArray(), 0))
            .Distinct().Order(),
    ];

    private static async Task LockAsync(NpgsqlConnection connection, long[] keys, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(key) FROM unnest($1) AS key", connection);
        command.Parameters.Add(new() { Value = keys, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Dictionary<(Guid, short), Known>> ReadCurrentAsync(
        NpgsqlConnection connection, IReadOnlyList<PackDraft> packs, CancellationToken cancellation)
    {
        // Most are new. Those that are not have a first version, and only of those is the current one looked up.
        const string Sql =
            """
            SELECT k.id, k.type, r.version, r.digest, r.rank, r.reported, r.sent,
                   (SELECT max(h.version) FROM phi.resource h WHERE h.id = k.id AND h.type = k.type)
            FROM phi.resource k,
                 LATERAL (SELECT * FROM phi.resource r WHERE r.id = k.id AND r.type = k.type AND NOT r.stale
                          ORDER BY r.version DESC LIMIT 1) AS r
            WHERE k.id = ANY ($1) AND k.version = 1
            """;
        var wanted = packs.SelectMany(p => p.Resources).Select(r => r.Id).Distinct().ToArray();
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = wanted, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });

        // What is new is added to it as it is decided on.
        var current = new Dictionary<(Guid, short), Known>(wanted.Length);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var standing = new Standing(reader.GetInt16(4), reader.GetInt64(5), reader.GetInt64(6));
            current[(reader.GetGuid(0), reader.GetInt16(1))] = new Known(reader.GetInt32(2), reader.GetInt32(7), reader.GetInt64(3), standing);
        }

        return current;
    }

    private void AddPacks(NpgsqlBatch batch, IReadOnlyList<PackDraft> packs, PackDraft.Encoded[] encoded)
    {
        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO phi.pack (tenant, key_version, id, message_id, person, salt, body)
            SELECT $1, $2, * FROM unnest($3, $4, $5, $6, $7)
            """);
        command.Parameters.Add(new() { Value = keys.Tenant });
        command.Parameters.Add(new() { Value = keys.Version });
        Add(command, encoded.Select(e => e.PackId), NpgsqlDbType.Bigint);
        Add(command, packs.Select(p => p.MessageId), NpgsqlDbType.Bigint);
        Add(command, packs.Select(p => p.Person.Value), NpgsqlDbType.Uuid);
        Add(command, encoded.Select(e => e.Salt), NpgsqlDbType.Bytea);
        Add(command, encoded.Select(e => e.Body), NpgsqlDbType.Bytea);
        batch.BatchCommands.Add(command);
    }

    /// <summary>A pack that brought nothing new is not found by itself: what it has is found where it was new.</summary>
    private void AddSearch(NpgsqlBatch batch, IReadOnlyList<PackDraft> packs, PackDraft.Encoded[] encoded)
    {
        // Arrays of arrays must be rectangular in PostgreSQL, so the tokens of all packs travel in one array, and each row says
        // which stretch of it is its own.
        var (first, last) = (new int[encoded.Length], new int[encoded.Length]);
        var before = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            first[i] = before + 1;
            before += encoded[i].Facts.Tokens.Length;
            last[i] = before;
        }

        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO phi.search (tenant, pack, person, facts, tokens)
            SELECT $1, s.pack, s.person, s.facts, coalesce(($2)[s.first:s.last], '{}')
            FROM unnest($3, $4, $5, $6, $7) AS s(pack, person, facts, first, last)
            WHERE length(s.facts) > 0
            """);
        command.Parameters.Add(new() { Value = keys.Tenant });
        Add(command, encoded.SelectMany(e => e.Facts.Tokens), NpgsqlDbType.Bigint);
        Add(command, encoded.Select(e => e.PackId), NpgsqlDbType.Bigint);
        Add(command, packs.Select(p => p.Person.Value), NpgsqlDbType.Uuid);
        Add(command, encoded.Select(e => e.Facts.Block), NpgsqlDbType.Bytea);
        Add(command, first, NpgsqlDbType.Integer);
        Add(command, last, NpgsqlDbType.Integer);
        batch.BatchCommands.Add(command);
    }

    /// <summary>Where content was said again, the current version takes the later standing.</summary>
    private static void AddConfirmations(NpgsqlBatch batch, IReadOnlyList<PackDraft> packs, IReadOnlyList<RecordVersions> versions)
    {
        var latest = new Dictionary<(Guid Id, short Type, int Version), Standing>();
        for (var p = 0; p < packs.Count; p++)
        {
            for (var r = 0; r < packs[p].Resources.Count; r++)
            {
                if (versions[p].All[r] is { IsConfirmed: true } version)
                {
                    var draft = packs[p].Resources[r];
                    latest[(draft.Id, ResourceTypes.NumberOf(draft.Type), version.Version)] = draft.Standing;
                }
            }
        }

        if (latest.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(
            """
            UPDATE phi.resource r SET reported = c.reported, sent = c.sent, rank = c.rank
            FROM unnest($1, $2, $3, $4, $5, $6) AS c(id, type, version, rank, reported, sent)
            WHERE r.id = c.id AND r.type = c.type AND r.version = c.version
            """);
        Add(command, latest.Keys.Select(k => k.Id), NpgsqlDbType.Uuid);
        Add(command, latest.Keys.Select(k => k.Type), NpgsqlDbType.Smallint);
        Add(command, latest.Keys.Select(k => k.Version), NpgsqlDbType.Integer);
        Add(command, latest.Values.Select(s => s.Rank), NpgsqlDbType.Smallint);
        Add(command, latest.Values.Select(s => s.Reported), NpgsqlDbType.Bigint);
        Add(command, latest.Values.Select(s => s.Sent), NpgsqlDbType.Bigint);
        batch.BatchCommands.Add(command);
    }

    private static void Add<T>(NpgsqlBatchCommand command, IEnumerable<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    private sealed record Known(int Version, int Highest, long Digest, Standing Standing);
}

/// <summary>What became of the resources of one pack, in their order.</summary>
public sealed record RecordVersions(IReadOnlyList<RecordVersion> All)
{
    public bool AllStale => All.Count > 0 && All.All(v => v.Effect == CommitEffect.Stale);
}

/// <param name="Version">Of the version written, or of the current one where it is unchanged.</param>
/// <param name="IsConfirmed">Unchanged, and said at a later time than before.</param>
public readonly record struct RecordVersion(CommitEffect Effect, int Version, long Digest, bool IsConfirmed = false);
