using Isthmus.Exchange;

namespace Isthmus.Inbound;

/// <summary>Every reason for which the edge does not take a message in.</summary>
internal static class ReceptionRules
{
    public static readonly Refusal Unreadable = new(
        "hl7.header-unreadable",
        "No usable MSH segment was found, so the message was not taken in. Send MSH first, with its separators.",
        FailureDomain.Client);

    public static readonly Refusal BatchEmpty = new(
        "hl7.batch-empty",
        "The batch has a header and no message, so nothing was taken in.",
        FailureDomain.Client);

    public static readonly Refusal BatchTooLong = new(
        "hl7.batch-too-long",
        "The batch has more than 10000 messages, so nothing was taken in; send them in several batches.",
        FailureDomain.Client);

    public static readonly Refusal BatchSeparatorDiffers = new(
        "hl7.batch-separator-differs",
        "MSH-1 is another separator than the batch's header declares, so it is not sure that this is a message of the batch. Write both with the same, or send the message on its own.",
        FailureDomain.Client);

    public static readonly Refusal ControlIdUnusable = new(
        "hl7.control-id-unusable",
        "MSH-10 is empty, over-long or holds control characters, so the message cannot be told from its repeat. Give every message a control id of up to 199 printable characters.",
        FailureDomain.Client);

    public static readonly Refusal UnknownSender = new(
        "contract.sender-unknown",
        "No contract on this listener names the sender in MSH-3 and MSH-4. Add the sender to a contract's source.",
        FailureDomain.Client);

    public static readonly Refusal SenderNotTheClients = new(
        "contract.sender-not-the-clients",
        "The contract of this client does not let it speak for the sender in MSH-3 and MSH-4.",
        FailureDomain.Client);

    public static readonly Refusal MessageNotAllowed = new(
        "contract.message-type-not-allowed",
        "The contract with this sender does not allow the type and event in MSH-9.",
        FailureDomain.Client);

    public static readonly Refusal VersionNotAllowed = new(
        "contract.version-not-allowed",
        "The contract with this sender does not allow the version in MSH-12.",
        FailureDomain.Client);

    public static readonly Refusal ProcessingIdNotAllowed = new(
        "contract.processing-id-not-allowed",
        "The contract with this sender does not allow the processing id in MSH-11.",
        FailureDomain.Client);

    public static readonly Refusal ControlIdReused = new(
        "contract.control-id-reused",
        "MSH-10 was used before with other content, and the contract with this sender refuses that. Give every message a control id of its own.",
        FailureDomain.Client);

    public static readonly Refusal SequenceNumberUnusable = new(
        "sequence.number-unusable",
        "The contract with this sender demands the sequence number protocol, and MSH-13 holds no number from 1, no 0 and no -1.",
        FailureDomain.Client);

    public static readonly Refusal SequenceStartWithContent = new(
        "sequence.start-with-content",
        "With 0 or -1 in MSH-13 a message only starts or resynchronises the link, and this one holds more than its header. Send the content under a number of its own.",
        FailureDomain.Client);

    public static readonly Refusal SequenceGap = new(
        "sequence.gap",
        "MSH-13 is beyond the number that is due, which is in MSA-4: a message before this one has not come. Go on from there, or resynchronise with -1.",
        FailureDomain.Client);

    public static readonly Refusal SequenceBehind = new(
        "sequence.behind",
        "MSH-13 is a number that was accepted before, for another message. The number that is due is in MSA-4. Go on from there, or resynchronise with -1.",
        FailureDomain.Client);

    public static readonly Refusal FrameTooLarge = new(
        "mllp.frame-too-large",
        "The frame is larger than this listener takes; it was skipped. Send large content by reference or raise the listener's limit.",
        FailureDomain.Client);

    public static readonly Refusal NoRoom = new(
        "mllp.listener-full",
        "All senders together have more under way than this listener holds in memory; the frame was skipped. Send again later.",
        FailureDomain.Edge, Transient: true);

    public static readonly Refusal DiskLow = new(
        "watermark.disk-low",
        "There is too little free disk to take messages in safely. Send again later.",
        FailureDomain.Store, Transient: true);

    public static readonly Refusal QueueOld = new(
        "watermark.queue-old",
        "Messages already taken in have waited too long, so no more are taken in. Send again later.",
        FailureDomain.Mediation, Transient: true);

    public static readonly Refusal StoreFailed = new(
        "journal.unavailable",
        "The journal could not make the message durable. Send again later.",
        FailureDomain.Store, Transient: true);
}
