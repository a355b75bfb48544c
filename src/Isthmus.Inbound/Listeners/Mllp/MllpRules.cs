namespace Isthmus.Inbound.Listeners.Mllp;

/// <summary>Why a connection is refused or closed. Counted and logged with the peer's address, never with content.</summary>
internal static class MllpRules
{
    public const string Noise = "mllp.no-start-block";
    public const string Truncated = "mllp.frame-truncated";
    public const string SlowSender = "mllp.sender-too-slow";
    public const string Idle = "mllp.connection-idle";
    public const string AnswersNotRead = "mllp.answers-not-read";
    public const string TooManyConnections = "mllp.too-many-connections";
    public const string Drained = "mllp.drain-limit";
    public const string CannotListen = "mllp.cannot-listen";
    public const string TlsFailed = "mllp.tls-failed";
}
