using Isthmus.Exchange.Contracts;

namespace Isthmus.Trust.Access.Quotas;

/// <summary>A token bucket: how fast it refills, and how much it holds.</summary>
/// <param name="PerSecond">Sustained requests per second; more than 0.</param>
/// <param name="Burst">Requests that may come at once; 1 or more.</param>
public readonly record struct QuotaLimit(double PerSecond, int Burst)
{
    /// <summary>However hard pressed, a trickle goes through, or nobody would find out that the downstream is back.</summary>
    private const double LeastShare = 0.05;

    /// <summary>The share of the contract's limit that this is.</summary>
    public double Share { get; private init; } = 1;

    /// <summary>How long the empty bucket takes to fill.</summary>
    public TimeSpan Window => TimeSpan.FromSeconds(Burst / PerSecond);

    /// <summary>The limit while a downstream is degraded.</summary>
    /// <param name="share">From 0 to 1 of the limit.</param>
    public QuotaLimit Tightened(double share)
    {
        if (share >= 1)
        {
            return this;
        }

        var kept = Math.Max(share, LeastShare);
        return new QuotaLimit(PerSecond * kept, Math.Max(1, (int)(Burst * kept))) { Share = Share * kept };
    }
}

/// <summary>Whose bucket, and for what. Two clients never share one.</summary>
/// <param name="Environment">Of the client's registration: trial and production traffic do not draw on each other.</param>
/// <param name="Traffic">Interactive and batch traffic draw from buckets of their own, so that neither starves the other.</param>
/// <param name="Resource">The resource type, or empty where the route has none; only types that exist, so that nobody makes buckets at will.</param>
public readonly record struct QuotaKey(short Tenant, string Environment, string Client, string Route, string Resource, TrafficClass Traffic);
