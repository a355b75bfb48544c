using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Isthmus.Simulators.Ehr;

/// <summary>Opaque bearer tokens, short and in memory: a restarted server knows none of the old ones.</summary>
internal sealed class AccessTokens(TimeSpan life, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> issued = new(StringComparer.Ordinal);

    public TimeSpan Life => life;

    public string Issue()
    {
        var now = time.GetUtcNow();
        foreach (var past in issued.Where(token => token.Value <= now))
        {
            issued.TryRemove(past);
        }

        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        issued[token] = now + life;
        return token;
    }

    /// <summary>Does an Authorization header carry a token that is still good?</summary>
    public bool Admits(string? authorization) =>
        authorization is ['B', 'e', 'a', 'r', 'e', 'r', ' ', ..]
        && issued.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(authorization.AsSpan(7), out var expires)
        && expires > time.GetUtcNow();
}
