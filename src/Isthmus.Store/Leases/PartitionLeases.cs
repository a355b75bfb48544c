using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Store.Leases;

/// <summary>A partition held, with the token under which effects may commit.</summary>
public readonly record struct LeasedPartition(short Partition, long Token);

/// <summary>
/// The partitions of a zone's queue that one node holds. Leases are rows with an expiry by the database clock and a
/// token that grows with every change of hands; <see cref="Fence"/> puts the check into the effect's own transaction,
/// so a node that slept through its lease cannot commit.
/// </summary>
public sealed class PartitionLeases(NpgsqlDataSource source, string zone, string node, TimeProvider time) : IDisposable
{
    /// <summary>Partitions per zone: divisible among up to 16 nodes, few enough to visit each at every fetch.</summary>
    public const int Partitions = 16;

    /// <summary>Long enough to live through a garbage collection or a slow checkpoint, short enough to take over quickly.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RenewAfter = Duration / 4;

    private readonly SemaphoreSlim gate = new(1, 1);
    private IReadOnlyList<LeasedPartition> held = [];
    private long renewedAt = long.MinValue;

    /// <summary>What PostgreSQL reports when a lease is no longer ours.</summary>
    public const string LostSqlState = "IS001";

    public string Zone { get; } = zone;

    /// <summary>The partition of an ordering key.</summary>
    public static short PartitionOf(long orderKey) => (short)((ulong)orderKey % Partitions);

    /// <summary>Renews or takes leases when due, and returns those held.</summary>
    public async ValueTask<IReadOnlyList<LeasedPartition>> HoldAsync(CancellationToken cancellation)
    {
        if (!IsDue())
        {
            return held;
        }

        await gate.WaitAsync(cancellation);
        try
        {
            if (IsDue())
            {
                var asked = time.GetTimestamp();
                held = await TakeAsync(cancellation);
                renewedAt = asked;
            }

            return held;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Forgets what is held, so that the next <see cref="HoldAsync"/> asks again; for use after a lost lease.</summary>
    public void Invalidate()
    {
        held = [];
        renewedAt = long.MinValue;
    }

    /// <summary>The command that fails the transaction it is part of unless the leases are still held.</summary>
    public NpgsqlBatchCommand Fence(IReadOnlyCollection<LeasedPartition> under) => new("SELECT store.fence($1, $2, $3)")
    {
        Parameters =
        {
            new() { Value = Zone, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = under.Select(l => l.Partition).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
            new() { Value = under.Select(l => l.Token).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
        },
    };

    /// <summary>Gives everything back at once, so that another node need not wait for the expiry.</summary>
    public async Task ReturnAsync(CancellationToken cancellation)
    {
        Invalidate();
        await using var command = source.CreateCommand("SELECT store.return_leases($1, $2)");
        command.Parameters.AddWithValue(Zone);
        command.Parameters.AddWithValue(node);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public void Dispose() => gate.Dispose();

    private bool IsDue() => renewedAt == long.MinValue || time.GetElapsedTime(renewedAt) >= RenewAfter;

    private async Task<IReadOnlyList<LeasedPartition>> TakeAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT partition, token FROM store.take_leases($1, $2, $3, $4)");
        command.Parameters.AddWithValue(Zone);
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(Partitions);
        command.Parameters.AddWithValue((int)Duration.TotalSeconds);
        var taken = new List<LeasedPartition>(Partitions);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            taken.Add(new LeasedPartition(reader.GetInt16(0), reader.GetInt64(1)));
        }

        return taken;
    }
}
