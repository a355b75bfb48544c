using System.Security.Cryptography;
using Npgsql;

namespace Isthmus.Trust.Keys.Sealing;

/// <summary>
/// The sender's side: seals content to a zone so that the sender itself cannot read back what it wrote once it has
/// moved to the next session. The public half of each session is stored before anything is sealed under it.
/// </summary>
public sealed class Sealer(NpgsqlDataSource source, KeySource keys, SealedTo zone, TimeProvider time) : IDisposable
{
    /// <summary>How long a captured sender could read what it had sent: as long as a session lasts.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim gate = new(1, 1);
    private SealSession? session;
    private long openedAt;

    /// <summary>The session to seal in now. Callers use it at once and do not keep it.</summary>
    public ValueTask<SealSession> CurrentAsync(CancellationToken cancellation)
    {
        var current = session;
        return current is not null && time.GetElapsedTime(openedAt) < SessionLifetime
            ? ValueTask.FromResult(current)
            : new ValueTask<SealSession>(OpenNextAsync(cancellation));
    }

    public void Dispose()
    {
        session?.Dispose();
        gate.Dispose();
    }

    private async Task<SealSession> OpenNextAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (session is not null && time.GetElapsedTime(openedAt) < SessionLifetime)
            {
                return session;
            }

            using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            using var theirs = keys.SealingPublic(zone);
            var keyId = Convert.ToHexStringLower(SHA256.HashData(theirs.ExportSubjectPublicKeyInfo()))[..16];

            await using var command = source.CreateCommand("SELECT exchange.open_seal_session($1, $2, $3)");
            command.Parameters.AddWithValue(zone.ToString());
            command.Parameters.AddWithValue(keyId);
            command.Parameters.AddWithValue(ephemeral.ExportSubjectPublicKeyInfo());
            var id = (int)(await command.ExecuteScalarAsync(cancellation))!;

            // The previous session may still be in a caller's hands for a moment; the collector takes it after them.
            session = SealSession.Derive(id, ephemeral, theirs.PublicKey, zone);
            openedAt = time.GetTimestamp();
            return session;
        }
        finally
        {
            gate.Release();
        }
    }
}
