using Isthmus.Exchange;

namespace Isthmus.Mediation.Read;

/// <summary>Findings about a message as a whole, before its content is judged.</summary>
internal static class ReadRules
{
    /// <summary>
    /// The first crash may be a neighbour's, for the message was in a batch; from then on it is worked alone, and three
    /// crashes alone are no accident.
    /// </summary>
    public const int MostAttempts = 4;

    /// <summary>A poisonous message is still looked through for critical results this often, unless that is what kills.</summary>
    public const int AttemptsAtTheAlarm = 2;

    public static readonly Finding ControlIdReused = new(
        "control-id-reused", Severity.Warning, "MSH-10",
        "This control id was used before for other content; it was taken as a new message.");

    public static readonly Finding ContractGone = new(
        "contract.gone", Severity.Error, "MSH",
        "The site no longer has a contract for this source. Restore it and replay the message.");

    public static readonly Finding SiteGone = new(
        "site.gone", Severity.Error, "MSH",
        "The site version pinned for this message is stored no longer or does not load any more. Replay the message under the current one.");

    public static readonly Finding BodyDamaged = new(
        "journal.body-damaged", Severity.Error, "MSH",
        "The journalled body does not open: it was changed after it was written, or the key is another. Ask the sender to repeat it.");

    public static readonly Finding AttemptsExhausted = new(
        "mediation.attempts-exhausted", Severity.Error, "MSH",
        "Work on this message was begun four times, three of them alone, and never ended. It is kept whole; look at the node's log, then replay it.");

    public const string PartOfSeveral = "message.continued";

    /// <summary>Parts are not joined here: each has a control id, an acknowledgement and a place in the journal of its own.</summary>
    public static Finding Continued(string location) => new(
        PartOfSeveral, Severity.Error, location,
        "This is a part of a message that was sent in several, whose last value may be cut in two. Have the sender send it in one.");

    public static readonly Finding Continuation = new(
        "message.continuation", Severity.Warning, "MSH-14",
        "The header says that this goes on with an earlier message; it was read as a message of its own.");
}
