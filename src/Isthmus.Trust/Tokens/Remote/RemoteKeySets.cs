using System.Collections.Concurrent;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Tokens.Remote;

/// <summary>
/// Key sets of others, by their URL. A set is kept as long as its cache-control says and no longer. A key id that is not in it makes us
/// look once more, in case the other side has rotated, but at most once in <see cref="CoolDown"/>: whoever invents key ids moves nobody.
/// </summary>
public sealed class RemoteKeySets(TimeProvider time) : IDisposable
{
    public static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(30);

    /// <summary>After a failure, and between fetches of a set that may not be kept at all: what arrives together is served together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Url, bool LoopbackToo), Place> places = new();
    private readonly Lazy<KeySetFetch> outside = new(() => new KeySetFetch(loopbackToo: false));
    private readonly Lazy<KeySetFetch> trial = new(() => new KeySetFetch(loopbackToo: true));

    /// <summary>How often anything was fetched; for measurement and tests.</summary>
    public long Fetches => Interlocked.Read(ref fetches);

    private long fetches;

    /// <summary>The one key of that id and kind, or null.</summary>
    /// <param name="url">From a registration or the site, never from a token.</param>
    /// <param name="loopbackToo">Whether the site is a trial, whose partners may be on this machine.</param>
    public async ValueTask<JsonWebKey?> FindAsync(Uri url, string id, SignatureAlgorithm algorithm, bool loopbackToo, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(url);
        var place = places.GetOrAdd((url.OriginalString, loopbackToo), _ => new Place());
        var held = place.Held;
        if (held is null || !IsFresh(held))
        {
            held = await RenewAsync(place, url, loopbackToo, Pause, cancellation);
        }

        if (held?.Set.Find(id, algorithm) is { } key)
        {
            return key;
        }

        held = await RenewAsync(place, url, loopbackToo, CoolDown, cancellation);
        return held is not null && IsFresh(held) ? held.Set.Find(id, algorithm) : null;
    }

    public void Dispose()
    {
        foreach (var fetch in new[] { outside, trial })
        {
            if (fetch.IsValueCreated)
            {
                fetch.Value.Dispose();
            }
        }
    }

    /// <summary>Fetches, unless somebody did less than <paramref name="notWithin"/> ago; many callers wait for one fetch.</summary>
    private async Task<Held?> RenewAsync(Place place, Uri url, bool loopbackToo, TimeSpan notWithin, CancellationToken cancellation)
    {
        await place.Gate.WaitAsync(cancellation);
        try
        {
            if (place.HasAsked && time.GetElapsedTime(place.AskedAt) < notWithin)
            {
                return place.Held;
            }

            Interlocked.Increment(ref fetches);
            var fetched = await (loopbackToo ? trial : outside).Value.GetAsync(url);

            // From when it ended: those who waited for a place that hangs must not each wait for it anew.
            place.HasAsked = true;
            place.AskedAt = time.GetTimestamp();
            if (fetched.Set is { } set)
            {
                // One second, even of a set that may not be kept: those who wait for this fetch are served by it.
                place.Held = new Held(set, time.GetTimestamp(), fetched.MayBeKept > Pause ? fetched.MayBeKept : Pause);
            }

            return place.Held is { } held && IsFresh(held) ? held : null;
        }
        finally
        {
            place.Gate.Release();
        }
    }

    private bool IsFresh(Held held) => time.GetElapsedTime(held.At) < held.For;

    private sealed record Held(KeySet Set, long At, TimeSpan For);

    private sealed class Place
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public volatile Held? Held;

        public bool HasAsked { get; set; }

        public long AskedAt { get; set; }
    }
}
