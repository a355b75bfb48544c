using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Ledger;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Governance.Snapshots;

/// <summary>A version in force.</summary>
/// <param name="Epoch">Grows with every application.</param>
public sealed record SiteInForce(string Version, long Epoch, DateTimeOffset AppliedAt);

/// <summary>What applying came to.</summary>
/// <param name="Previous">The version before, or null for the first.</param>
/// <param name="Changed">False when the version was in force already.</param>
public sealed record SiteApplied(SiteInForce InForce, string? Previous, bool Changed);

/// <summary>The sites that were applied, each immutable under its version.</summary>
/// <param name="source">Any zone's login to read; the operator's to apply.</param>
public sealed class SiteSnapshots(NpgsqlDataSource source)
{
    private const string Apply = "SELECT epoch, applied_at, previous, changed FROM site.apply($1, $2, $3)";

    private const string Current = "SELECT version, epoch, applied_at FROM site.application ORDER BY epoch DESC LIMIT 1";

    private const string Load =
        """
        SELECT s.files, (SELECT max(a.applied_at) FROM site.application a WHERE a.version = s.version)
        FROM site.snapshot s WHERE s.version = $1
        """;

    /// <summary>Puts a checked site into force for every node, with its ledger event in the same transaction.</summary>
    /// <param name="by">Who applies it.</param>
    public async Task<SiteApplied> ApplyAsync(SiteModel site, string by, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var applied = await ApplyAsync(connection, site, by, cancellation);
        if (applied.Changed)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            LedgerAppend.AddTo(batch, site.Tenant.Id, [Event(site, applied, by)]);
            await batch.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return applied;
    }

    /// <summary>The version in force, or null before the first.</summary>
    public async Task<SiteInForce?> CurrentAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Current);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new SiteInForce(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2))
            : null;
    }

    /// <summary>The files of a version and when it was last applied, or null when it never was.</summary>
    /// <exception cref="InvalidDataException">What is stored is not what was applied.</exception>
    public async Task<(SiteFiles Files, DateTimeOffset AppliedAt)?> LoadAsync(string version, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Load);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = version });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? (SnapshotArchive.Unpack(version, reader.GetFieldValue<byte[]>(0)), reader.GetFieldValue<DateTimeOffset>(1))
            : null;
    }

    private static async Task<SiteApplied> ApplyAsync(NpgsqlConnection connection, SiteModel site, string by, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Apply, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = site.Version },
                new NpgsqlParameter<byte[]> { TypedValue = SnapshotArchive.Pack(site.Files) },
                new NpgsqlParameter<string> { TypedValue = by },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new SiteApplied(
            new SiteInForce(site.Version, reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1)),
            await reader.IsDBNullAsync(2, cancellation) ? null : reader.GetString(2),
            reader.GetBoolean(3));
    }

    private static LedgerEvent Event(SiteModel site, SiteApplied applied, string by) => new(
        LedgerKinds.SiteApplied,
        by,
        null,
        null,
        JsonSerializer.Serialize(
            new
            {
                version = site.Version,
                previous = applied.Previous,
                epoch = applied.InForce.Epoch,
                contracts = site.Contracts.Select(c => c.Id),
            },
            JsonSerializerOptions.Web));
}
