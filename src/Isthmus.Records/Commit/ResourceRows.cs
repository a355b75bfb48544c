using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Records.Commit;

/// <summary>
/// The thin rows of what packs hold, one for each new version of a resource. There are a dozen for every message, so they
/// are copied: rows that come together share a page and its log record.
/// </summary>
internal readonly struct ResourceRows(
    short tenant, IReadOnlyList<PackDraft> packs, IReadOnlyList<RecordVersions> versions, IReadOnlyList<long> packIds)
{
    private const string Copy =
        "COPY phi.resource (id, pack, person, digest, reported, sent, version, start, length, tenant, type, rank, stale) FROM STDIN (FORMAT binary)";

    public async Task CopyAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var places = Places();
        if (places.Length == 0)
        {
            return;
        }

        await using var copy = await connection.BeginBinaryImportAsync(Copy, cancellation);
        foreach (var (_, pack, index) in places)
        {
            var draft = packs[pack].Resources[index];
            var version = versions[pack].All[index];
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(draft.Id, NpgsqlDbType.Uuid, cancellation);
            await copy.WriteAsync(packIds[pack], NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(packs[pack].Person.Value, NpgsqlDbType.Uuid, cancellation);
            await copy.WriteAsync(version.Digest, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(draft.Standing.Reported, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(draft.Standing.Sent, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(version.Version, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(packs[pack].Begins[index], NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(draft.Json.Length, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(tenant, NpgsqlDbType.Smallint, cancellation);
            await copy.WriteAsync(ResourceTypes.NumberOf(draft.Type), NpgsqlDbType.Smallint, cancellation);
            await copy.WriteAsync(draft.Standing.Rank, NpgsqlDbType.Smallint, cancellation);
            await copy.WriteAsync(version.Effect == CommitEffect.Stale, NpgsqlDbType.Boolean, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    /// <summary>Which resources of which packs make a row, in the order of their ids: neighbours in the index lie in the same pages.</summary>
    private (Guid Id, int Pack, int Index)[] Places()
    {
        var places = new List<(Guid Id, int Pack, int Index)>();
        for (var pack = 0; pack < packs.Count; pack++)
        {
            var resources = packs[pack].Resources;
            for (var index = 0; index < resources.Count; index++)
            {
                if (versions[pack].All[index].Effect != CommitEffect.Unchanged)
                {
                    places.Add((resources[index].Id, pack, index));
                }
            }
        }

        places.Sort();
        return [.. places];
    }
}
