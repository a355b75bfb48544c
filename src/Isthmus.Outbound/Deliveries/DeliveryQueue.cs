using Isthmus.Exchange;
using Isthmus.Store.Leases;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Outbound.Deliveries;

/// <summary>
/// Takes what is due for one destination, sweeping over persons: a long queue of one person costs the others next to nothing, and a
/// person whose head is not due is passed over. The position is in memory only; a sweep that has come to the end starts again. The first
/// one starts anywhere, so that a process that is killed again and again does not hold the same few each time.
/// </summary>
internal sealed class DeliveryQueue(NpgsqlDataSource source, string destination, Guid process)
{
    private const string SweepSql =
        """
        SELECT partition, person, id, tenant, message_id, no, purpose, contract, site_version, attempts, age_seconds,
               created, seal_key, seal_nonce, payload, crashes, behind_dead, overtaken
        FROM outbound.sweep($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string SuspectsSql =
        """
        SELECT DISTINCT d.partition, d.person FROM outbound.interruption i JOIN exchange.delivery d ON d.id = i.delivery_id
        WHERE i.crashes >= 3 AND d.state = 'p' AND d.destination = $1 AND d.partition = ANY ($2)
        """;

    /// <summary>Behind nobody: partitions count from 0.</summary>
    private static readonly (short Partition, Guid Person) Start = (-1, Guid.Empty);

    private (short Partition, Guid Person) position = ((short)Random.Shared.Next(PartitionLeases.Partitions), Guid.NewGuid());

    /// <summary>Chains of due deliveries, one per person, each in order.</summary>
    /// <param name="leases">The partitions to look in.</param>
    /// <param name="busy">Persons to pass over.</param>
    /// <param name="held">Deliveries this process already holds.</param>
    /// <param name="persons">Chains at most.</param>
    /// <param name="chain">Deliveries of one chain at most.</param>
    public async Task<List<List<Delivery>>> TakeAsync(
        IReadOnlyList<LeasedPartition> leases, Guid[] busy, long[] held, int persons, int chain, CancellationToken cancellation)
    {
        var (chains, seen, last) = await TakeAsync(leases, position, busy, held, persons, chain, suspects: false, cancellation);
        position = seen < persons ? Start : last;
        return chains;
    }

    /// <summary>The head of one person's queue, a suspect or not, to be delivered alone; null if it is not due any more.</summary>
    public async Task<Delivery?> TakeAloneAsync(LeasedPartition lease, Guid person, CancellationToken cancellation)
    {
        var (chains, _, _) = await TakeAsync(
            [lease], (lease.Partition, JustBefore(person)), [], [], persons: 1, chain: 1, suspects: true, cancellation);
        return chains is [[var alone]] && alone.Person.Value == person ? alone : null;
    }

    /// <summary>Persons with a delivery that was part of so many crashes that the sweep passes it over.</summary>
    public async Task<List<(short Partition, Guid Person)>> SuspectsAsync(IReadOnlyList<LeasedPartition> leases, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(SuspectsSql);
        command.Parameters.AddWithValue(destination);
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Smallint, leases.Select(lease => lease.Partition).ToArray());
        var suspects = new List<(short, Guid)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            suspects.Add((reader.GetInt16(0), reader.GetGuid(1)));
        }

        return suspects;
    }

    private async Task<(List<List<Delivery>> Chains, int Seen, (short Partition, Guid Person) Last)> TakeAsync(
        IReadOnlyList<LeasedPartition> leases, (short Partition, Guid Person) after, Guid[] busy, long[] held, int persons, int chain,
        bool suspects, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(SweepSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = destination });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. leases.Select(lease => lease.Partition)] });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = after.Partition });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after.Person });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = busy });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = persons });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = chain });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = suspects });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = process });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = held });

        var chains = new List<List<Delivery>>();
        var seen = 0;
        (short Partition, Guid Person) last = default;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            var byPartition = leases.ToDictionary(lease => lease.Partition);
            while (await reader.ReadAsync(cancellation))
            {
                var here = (reader.GetInt16(0), reader.GetGuid(1));
                var next = here != last;
                last = here;
                seen += next ? 1 : 0;
                if (reader.IsDBNull(2))
                {
                    continue;
                }

                if (next)
                {
                    chains.Add([]);
                }

                chains[^1].Add(Read(reader, byPartition[here.Item1]));
            }
        }

        return (chains, seen, last);
    }

    /// <summary>Counts a crash against what other processes held in these partitions when they went.</summary>
    public async Task<int> BlameAsync(IReadOnlyList<LeasedPartition> leases, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT outbound.blame($1, $2, $3)");
        command.Parameters.AddWithValue(destination);
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Smallint, leases.Select(lease => lease.Partition).ToArray());
        command.Parameters.AddWithValue(process);
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Says that this process holds nothing any more.</summary>
    public async Task ForgetAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("DELETE FROM outbound.in_flight WHERE destination = $1 AND process = $2");
        command.Parameters.AddWithValue(destination);
        command.Parameters.AddWithValue(process);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The greatest key that the database sorts before this one.</summary>
    private static Guid JustBefore(Guid person)
    {
        Span<byte> bytes = stackalloc byte[16];
        person.TryWriteBytes(bytes, bigEndian: true, out _);
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number - 1);
        return new Guid(bytes, bigEndian: true);
    }

    private static Delivery Read(NpgsqlDataReader row, LeasedPartition lease) => new()
    {
        Lease = lease,
        Person = new PersonId(row.GetGuid(1)),
        Id = row.GetInt64(2),
        Tenant = row.GetInt16(3),
        MessageId = row.GetInt64(4),
        No = row.GetInt64(5),
        Purpose = row.GetString(6),
        Contract = row.GetString(7),
        SiteVersion = row.GetString(8),
        Attempts = row.GetInt16(9),
        Age = TimeSpan.FromSeconds(row.GetDouble(10)),
        Created = row.GetDateTime(11),
        SealKey = row.GetInt32(12),
        SealNonce = row.GetInt64(13),
        SealedPayload = row.GetFieldValue<byte[]>(14),
        Crashes = row.GetInt16(15),
        BehindDead = row.GetBoolean(16),
        Overtaken = row.GetFieldValue<string[]>(17),
    };
}
