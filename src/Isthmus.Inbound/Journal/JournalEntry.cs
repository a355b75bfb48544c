using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Journal;

/// <summary>A message ready to be journalled: sealed to Mediation, with the keys by which repeats and order are known.</summary>
/// <param name="Source">The contract's source.</param>
/// <param name="ControlId">MSH-10.</param>
/// <param name="Control">Key of source and control id.</param>
/// <param name="Content">Key of the content without transport fields.</param>
/// <param name="OrderKey">Messages with one order key are worked in order of arrival.</param>
/// <param name="SealKey">The seal session.</param>
/// <param name="SealNonce">Unique in the session.</param>
/// <param name="Size">Bytes as received.</param>
/// <param name="Body">Compressed, then sealed.</param>
/// <param name="Sequence">Its place in its link's sequence, where the contract heeds that.</param>
internal sealed record JournalEntry(
    SourceTerms Source, string ControlId, long Control, Guid Content, long OrderKey,
    int SealKey, long SealNonce, int Size, byte[] Body, SequencePlace? Sequence = null)
{
    /// <summary>Who handed it in at the door; null at a listener of its own.</summary>
    public HandIn? By { get; init; }
}

/// <param name="Link">The stream of one sender's messages: source, sending application, sending facility.</param>
/// <param name="Number">MSH-13, from 1.</param>
internal sealed record SequencePlace(string Link, long Number);

internal enum JournalVerdict
{
    /// <summary>New, and now durable.</summary>
    New,

    /// <summary>New content under a control id seen before; durable.</summary>
    ControlIdReused,

    /// <summary>Already journalled; the id is that of the first.</summary>
    Repeat,

    /// <summary>New content under a control id seen before, which the contract refuses; nothing was kept.</summary>
    Refused,

    /// <summary>Its number leaves a gap: an earlier message has not come; nothing was kept.</summary>
    Gap,

    /// <summary>Its number was accepted before, for other content; nothing was kept.</summary>
    Behind,
}

/// <param name="MessageId">The journal id under which the message is durable; 0 where it was refused.</param>
/// <param name="Expected">MSA-4, in the sequence number protocol.</param>
internal readonly record struct Journalled(long MessageId, JournalVerdict Verdict, long? Expected = null);
