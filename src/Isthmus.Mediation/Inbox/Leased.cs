using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Sites;

namespace Isthmus.Mediation.Inbox;

/// <summary>A journalled message taken from the queue, with the site version pinned for it.</summary>
/// <param name="Id">Journal id.</param>
/// <param name="Partition">The partition under whose lease it is worked.</param>
/// <param name="Attempts">How often its work was begun, this time included.</param>
/// <param name="Replayed">A person put it back into the queue.</param>
/// <param name="ControlIdReused">Its control id was seen before with other content.</param>
/// <param name="Sealed">The body as journalled: sealed to this zone.</param>
/// <param name="Site">The site as pinned, or the current one where that cannot be had.</param>
/// <param name="IsPinnedSiteGone">The pinned site cannot be had, so nothing may be decided by another.</param>
internal sealed record Leased(
    long Id, DateTimeOffset Received, short Partition, long OrderKey, int Attempts, bool Replayed, string Source, string ControlId,
    bool ControlIdReused, int SealKey, long SealNonce, byte[] Sealed, SiteRuntime Site, bool IsPinnedSiteGone)
{
    /// <summary>The contract of its source under the pinned site, or null when that no longer has one.</summary>
    public IntegrationContract? Contract => Site.ContractOf(Source);
}
