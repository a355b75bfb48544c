namespace Isthmus.Exchange.Contracts;

/// <summary>Who may send, what, and how it is to be read.</summary>
public sealed record SourceTerms
{
    /// <summary>Kebab-case name of the sending system; part of the key of dedupe and ordering.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the listener in <c>isthmus.yaml</c> on which it sends.</summary>
    public required string Listener { get; init; }

    /// <summary>How messages arrive; the protocol of <see cref="Listener"/>.</summary>
    public required ListenerKind Protocol { get; init; }

    /// <summary>How the sender proves itself.</summary>
    public required SourceAuthentication Authentication { get; init; }

    /// <summary>Whether applications whose contract names this feed may also hand its messages in at the door, under a token.</summary>
    public bool AlsoAtDoor { get; init; }

    /// <summary>Whether messages of this source come, or may come, through the door for third parties.</summary>
    public bool IsAtDoor => AlsoAtDoor || Protocol == ListenerKind.Api;

    /// <summary>MSH-3 and MSH-4 (their first component) that are known. Anything else is answered AR.</summary>
    public required IReadOnlyList<Sender> Senders { get; init; }

    /// <summary>Message code and trigger event, e.g. <c>ORU^R01</c>. Anything else is answered AR.</summary>
    public required IReadOnlyList<string> Messages { get; init; }

    /// <summary>MSH-12 values, e.g. <c>2.5.1</c>. Anything else is answered AR.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>MSH-11 values, e.g. <c>P</c>, <c>T</c>.</summary>
    public required IReadOnlyList<string> ProcessingIds { get; init; }

    /// <summary>The zone of times that carry no offset.</summary>
    public required TimeZoneInfo Zone { get; init; }

    public required RepeatTerms Repeats { get; init; }

    public required Quota Quota { get; init; }

    /// <summary>
    /// The MLLP destination over which application acknowledgements go back to senders that ask for them in MSH-16; null where there
    /// is no such way.
    /// </summary>
    public string? ApplicationAcknowledgement { get; init; }

    /// <summary>Whether MSH-13 is heeded.</summary>
    public SequenceNumbers Sequence { get; init; } = SequenceNumbers.Ignored;

    /// <summary>Whether this sender application and facility (first components, compared by ordinal) may send under this contract.</summary>
    public bool Knows(string application, string facility) =>
        Senders.Any(s => s.Application == application && s.Facility == facility);
}

public enum SequenceNumbers
{
    /// <summary>MSH-13 means nothing.</summary>
    Ignored,

    /// <summary>The sequence number protocol (HL7 v2.5.1 §2.10.1): what leaves a gap or lies behind is answered AR with the number that is due.</summary>
    Required,
}

public sealed record Sender(string Application, string Facility);

public enum SourceAuthentication
{
    /// <summary>Loopback, or a network that the listener's own check restricts.</summary>
    Network,

    /// <summary>The listener demands a client certificate.</summary>
    MutualTls,

    /// <summary>At the door: an access token of a registered client.</summary>
    Token,
}

/// <summary>What counts as the same message sent again.</summary>
/// <param name="Window">How long an answer is remembered.</param>
/// <param name="IgnoredMshFields">MSH field numbers that transport may change between two sendings (7, 8 and 13 unless told).</param>
/// <param name="ReusedControlId">What happens to other content under a control id that was seen in the window.</param>
public sealed record RepeatTerms(TimeSpan Window, IReadOnlyList<int> IgnoredMshFields, ReusedControlId ReusedControlId);

public enum ReusedControlId
{
    /// <summary>A new message, with finding <c>control-id-reused</c>.</summary>
    Accept,

    /// <summary>Answered AR.</summary>
    Refuse,
}

/// <param name="PerSecond">Sustained messages per second.</param>
/// <param name="Burst">Messages that may come at once.</param>
public sealed record Quota(int PerSecond, int Burst);
