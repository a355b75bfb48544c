namespace Isthmus.Exchange.Contracts;

/// <summary>From when on conduct at the door is unusual, of one client or one address: <c>access.alerts</c> of <c>isthmus.yaml</c>.</summary>
public sealed record ConductLimits
{
    /// <summary>What is weighed is kept by the minute, for a day.</summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);

    /// <summary>How far back counts.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests that fail for one cause.</summary>
    public int Failures { get; init; } = 30;

    /// <summary>Requests beyond the quota, or for tokens that are not needed yet.</summary>
    public int Repeats { get; init; } = 300;

    /// <summary>Different client ids, key ids, assertions or tokens that fail. No more than can be told apart by what is kept of them.</summary>
    public int Spread { get; init; } = 20;

    public const int LargestSpread = 500;

    /// <summary>After so long without, an alert is closed, and the next occasion opens another.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromHours(1);
}
