using System.Text.Json.Serialization;

namespace Isthmus.Simulators.Faults;

/// <summary>A misbehaviour ordered from a simulator for its next matching calls.</summary>
/// <param name="Kind">
/// <c>latency</c> (answer late), <c>timeout-after-effect</c> (take effect durably, then never answer), <c>drop</c> (close the connection
/// without effect), or an HTTP status from <c>400</c> to <c>599</c> answered without effect.
/// </param>
/// <param name="Count">How many calls it spoils; null: every one until faults are cleared.</param>
/// <param name="RetryAfterSeconds">The <c>Retry-After</c> header of a status answer.</param>
/// <param name="Milliseconds">The delay of <c>latency</c>; how long <c>timeout-after-effect</c> holds the connection before it is
/// aborted (null: until the caller gives up).</param>
/// <param name="Match">A path prefix if it begins with <c>/</c>; otherwise text that the delivery key, the subject or a resource name
/// contains. Null: every business call (never the token endpoint, the metadata or <c>/simulator</c>).</param>
internal sealed record Fault(
    string Kind, int? Count = null, int? RetryAfterSeconds = null, int? Milliseconds = null, string? Match = null)
{
    public const string Latency = "latency";
    public const string TimeoutAfterEffect = "timeout-after-effect";
    public const string Drop = "drop";

    /// <summary>The HTTP status this fault answers with, or 0 if it is of another kind.</summary>
    [JsonIgnore]
    public int Status => int.TryParse(Kind, System.Globalization.CultureInfo.InvariantCulture, out var status) ? status : 0;

    /// <summary>What is wrong with the order, or null.</summary>
    public string? Objection() => this switch
    {
        { Kind: null } => "kind is required.",
        { Kind: not (Latency or TimeoutAfterEffect or Drop), Status: < 400 or > 599 } =>
            "kind is latency, timeout-after-effect, drop or an HTTP status from 400 to 599.",
        { Kind: Latency, Milliseconds: null } => "latency needs milliseconds.",
        { Count: <= 0 } => "count is positive, or absent for no limit.",
        { Milliseconds: < 0 } or { RetryAfterSeconds: < 0 } => "times are not negative.",
        _ => null,
    };
}
