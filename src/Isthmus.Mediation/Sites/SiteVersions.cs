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

    /// <summary>The site of that version, compiled; null when it is stored no longer or does not load any more.</summary>
    public async ValueTask<SiteRuntime?> FindAsync(string wanted, CancellationToken cancellation)
    {
        if (compiled.TryGetValue(wanted, out var runtime))
        {
            return runtime;
        }

        if (await live.AtAsync(wanted, cancellation) is not { } site || SiteRuntime.Compile(site, signalKey) is not { } ready)
        {
            return null;
        }

        if (compiled.Count >= MostKept)
        {
            compiled.Clear();
        }

        return compiled.GetOrAdd(wanted, ready);
    }
}
