using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Trust.Access;

namespace Isthmus.Trust.Tokens;

/// <summary>A token whose signature was verified once.</summary>
/// <param name="Key">The id of the key that signed it, when it is ours.</param>
internal sealed record KnownToken(Caller Caller, string? Key);

/// <summary>
/// Tokens that were verified, by the SHA-256 of their text, until they expire. What may change meanwhile (the client, a revocation, a
/// withdrawn key) is asked of the state at every use, so nothing has to be dropped here for safety.
/// </summary>
internal sealed class TokenCache(TimeProvider time)
{
    /// <summary>Some hundred bytes each; an attacker cannot fill it, since what stands here was signed.</summary>
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<Digest, KnownToken> known = new();

    public static Digest DigestOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return new Digest(new Guid(hash[..16]), new Guid(hash[16..]));
    }

    public KnownToken? Find(Digest digest) => known.GetValueOrDefault(digest);

    public void Add(Digest digest, KnownToken token)
    {
        if (known.Count >= Most)
        {
            Sweep();
        }

        known[digest] = token;
    }

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var (digest, token) in known)
        {
            if (token.Caller.Expires <= now)
            {
                known.TryRemove(digest, out _);
            }
        }

        // All of them good: begin anew rather than grow.
        if (known.Count >= Most)
        {
            known.Clear();
        }
    }

    /// <summary>A whole SHA-256.</summary>
    internal readonly record struct Digest(Guid First, Guid Second);
}
