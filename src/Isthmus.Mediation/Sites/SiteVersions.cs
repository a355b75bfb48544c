using System.Collections.Concurrent;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Mediation.Sites;

/// <summary>
/// The site versions in use, each compiled once. New messages pin the current one; a message leased before a swap keeps
/// the one it was leased under.
/// </summary>
/// <param name="signalKey">Keys the business keys of signals.</param>
internal sealed class SiteVersions(LiveSite live, byte[] signalKey)
{
    /// <summary>Enough for a backlog over several swaps.</summary>
    private const int MostKept = 16;

    private readonly ConcurrentDictionary<string, SiteRuntime> compiled = new(StringComparer.Ordinal);

    public string CurrentVersion => live.Current.Version;

    /// <summary>The version pinned, or the current one.</summary>
    public async ValueTask<SiteRuntime> GetAsync(string? pinned, CancellationToken cancellation)
    {
        var now = live.Current;
        var wanted = pinned ?? now.Version;
        if (compiled.TryGetValue(wanted, out var runtime))
        {
            return runtime;
        }

        var site = await live.AtAsync(wanted, cancellation)
            ?? throw new InvalidOperationException($"Site {wanted}, pinned for a message, is no longer stored.");
        if (compiled.Count >= MostKept)
        {
            compiled.Clear();
        }

        return compiled.GetOrAdd(wanted, SiteRuntime.Compile(site, signalKey));
    }
}
