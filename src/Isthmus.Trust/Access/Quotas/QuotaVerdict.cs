using System.Globalization;
using Isthmus.Exchange;

namespace Isthmus.Trust.Access.Quotas;

/// <summary>Whether a request is within its quota, and what its answer says about that.</summary>
/// <param name="Limit">The limit that held, tightened or not.</param>
/// <param name="Remaining">Requests that are left now, as far as this node knows.</param>
/// <param name="RetryAfter">When the next request may succeed; zero where this one did.</param>
/// <param name="Refusal">Null when the request may go on.</param>
public readonly record struct QuotaVerdict(QuotaLimit Limit, int Remaining, TimeSpan RetryAfter, Refusal? Refusal)
{
    public bool IsAllowed => Refusal is null;

    /// <summary>RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10 §3): the quota and the window in which it comes back.</summary>
    public string PolicyField(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={Limit.Burst};w={Seconds(Limit.Window)}");

    /// <summary>RateLimit (the same draft, §4): what is left, and in how many seconds the quota is whole again.</summary>
    public string LimitField(string name)
    {
        var whole = RetryAfter + TimeSpan.FromSeconds((Limit.Burst - Remaining) / Limit.PerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={Remaining};t={Seconds(whole)}");
    }

    /// <summary>Retry-After in whole seconds (RFC 9110 §10.2.3), never so early that the request would be refused again.</summary>
    public string RetryAfterField() => Seconds(RetryAfter).ToString(CultureInfo.InvariantCulture);

    private static long Seconds(TimeSpan span) => Math.Max(1, (long)Math.Ceiling(span.TotalSeconds));
}
