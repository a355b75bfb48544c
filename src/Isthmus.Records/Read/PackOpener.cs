using Isthmus.Exchange.Packs;
using Isthmus.Records.Keys;
using Isthmus.Trust.Keys;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Records.Read;

/// <summary>Fetches packs and opens them.</summary>
internal sealed class PackOpener(NpgsqlDataSource source, TenantKeys keys)
{
    /// <summary>The resources of each pack, in the places that they have in it.</summary>
    /// <exception cref="System.Security.Cryptography.AuthenticationTagMismatchException">A row was changed or moved.</exception>
    public async Task<Dictionary<long, IReadOnlyList<PackedResource>>> OpenAsync(IEnumerable<long> packs, CancellationToken cancellation)
    {
        var wanted = packs.Distinct().ToArray();
        var opened = new Dictionary<long, IReadOnlyList<PackedResource>>(wanted.Length);
        if (wanted.Length == 0)
        {
            return opened;
        }

        await using var command = source.CreateCommand("SELECT id, message_id, person, salt, body FROM phi.pack WHERE id = ANY ($1) AND tenant = $2");
        command.Parameters.Add(new() { Value = wanted, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = keys.Tenant });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var bound = PackCipher.Bound(keys.Tenant, reader.GetInt64(0), reader.GetInt64(1), reader.GetGuid(2));
            opened[reader.GetInt64(0)] = ResourcePack.Read(Compression.Unpack(
                PackCipher.Decrypt(keys, reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(3), bound)));
        }

        return opened;
    }
}
