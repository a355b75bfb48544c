using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;

namespace Isthmus.Trust.Keys.Sealing;

/// <summary>The receiving zone's side: derives each session's content key from its private sealing key, and keeps a few.</summary>
public sealed class Opener(NpgsqlDataSource source, KeySource keys, SealedTo zone) : IDisposable
{
    /// <summary>A session lasts a minute; this covers hours of backlog from several senders.</summary>
    private const int MostSessionsKept = 1024;

    private readonly ConcurrentDictionary<int, SealSession> sessions = new();
    private readonly ECDiffieHellman ours = keys.SealingPrivate(zone);

    /// <summary>The session under an id, from memory or from its row.</summary>
    /// <exception cref="SealSessionMissingException">There is no such session for this zone.</exception>
    public ValueTask<SealSession> SessionAsync(int id, CancellationToken cancellation) =>
        sessions.TryGetValue(id, out var known) ? ValueTask.FromResult(known) : new ValueTask<SealSession>(LoadAsync(id, cancellation));

    public void Dispose() => ours.Dispose();

    private async Task<SealSession> LoadAsync(int id, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT public FROM exchange.seal_session WHERE id = $1 AND zone = $2");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(zone.ToString());
        var found = await command.ExecuteScalarAsync(cancellation) as byte[]
            ?? throw new SealSessionMissingException(id, zone);

        using var theirs = ECDiffieHellman.Create();
        theirs.ImportSubjectPublicKeyInfo(found, out _);
        if (sessions.Count >= MostSessionsKept)
        {
            sessions.Clear();
        }

        return sessions.GetOrAdd(id, SealSession.Derive(id, ours, theirs.PublicKey, zone));
    }
}

/// <summary>What was sealed names a session that is not stored for this zone: it cannot be opened here, now or later.</summary>
public sealed class SealSessionMissingException(int id, SealedTo zone) : Exception($"There is no seal session {id} for {zone}.");
