using System.Text.Json.Serialization;

namespace Isthmus.Simulators.Faults;

/// <summary>A misbehaviour ordered from a simulator for its next matching calls.</summary>
/// <param name="Kind">
/// <c>latency</c> (answer late), <c>timeout-after-effect</c> (take effect durably, then never answer), <c>drop</c> (close the connection
/// without effect), or an HTTP status from <c>400</c> to <c>599</c> answered without effect. Over MLLP also <c>AE</c>, <c>AR</c>,
/// <c>CE</c>, <c>CR</c> (answered without effect), and after the effect <c>late-answer</c> (answer after the delay, the connection
/// staying open), <c>other-control-id</c> (acknowledge another message), <c>no-control-id</c> (acknowledge none by name),
/// <c>cut-answer</c> (close inside the answer's frame), <c>answer-twice</c>, <c>answer-garbage</c>.
/// </param>
/// <param name="Count">How many calls it spoils; null: every one until faults are cleared.</param>
/// <param name="RetryAfterSeconds">The <c>Retry-After</c> header of a status answer.</param>
/// <param name="Milliseconds">The delay of <c>latency</c>; how long <c>timeout-after-effect</c> holds the connection before it is
/// aborted (null: until the caller gives up).</param>
/// <param name="Match">A path prefix if it begins with <c>/</c>; otherwise text that the delivery key, the subject or a resource name
/// contains. Null: every business call (never the token endpoint, the metadata or <c>/simulator</c>).</param>
/// <param name="Error">The code in ERR-3 of a refusal over MLLP.</param>
internal sealed record Fault(
    string Kind, int? Count = null, int? RetryAfterSeconds = null, int? Milliseconds = null, string? Match = null, int? Error = null)
{
    public const string LateAnswer = "late-answer";
    public const string OtherControlId = "other-control-id";
    public const string NoControlId = "no-control-id";
    public const string CutAnswer = "cut-answer";
    public const string AnswerTwice = "answer-twice";
    public const string AnswerGarbage = "answer-garbage";

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
        { Kind: "AE" or "AR" or "CE" or "CR" or OtherControlId or NoControlId or CutAnswer or AnswerTwice or AnswerGarbage } when Count is null or > 0 => null,
        { Kind: not (Latency or LateAnswer or TimeoutAfterEffect or Drop), Status: < 400 or > 599 } =>
            "kind is latency, timeout-after-effect, drop, an HTTP status from 400 to 599, or one of those for MLLP.",
        { Kind: Latency or LateAnswer, Milliseconds: null } => "latency and late-answer need milliseconds.",
        { Count: <= 0 } => "count is positive, or absent for no limit.",
        { Milliseconds: < 0 } or { RetryAfterSeconds: < 0 } => "times are not negative.",
        _ => null,
    };
}
