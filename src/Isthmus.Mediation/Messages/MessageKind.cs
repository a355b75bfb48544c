using Isthmus.Hl7v2;

namespace Isthmus.Mediation.Messages;

/// <summary>What a message is about, as far as its way depends on it.</summary>
internal enum MessageKind
{
    /// <summary>Results, orders, documents: whatever is said of a patient who is known already.</summary>
    Clinical,

    /// <summary>Who the patient is and where they are (ADT, HL7 v2.5.1 chapter 3).</summary>
    Demographics,

    /// <summary>Two identifiers, or two persons, are said to be one (ADT with MRG).</summary>
    Merge,
}

internal static class MessageKinds
{
    public static MessageKind Of(Hl7Message message)
    {
        var type = message.Msh.Field(9);
        return !type.Component(1).Value.Raw.SequenceEqual("ADT"u8) ? MessageKind.Clinical
            : IsMerge(type.Component(2).Value.Raw) ? MessageKind.Merge
            : MessageKind.Demographics;
    }

    /// <summary>
    /// The events whose effect is on identifiers of persons: A18 and A34 merge (kept for older senders), A40 merge of patient identifier
    /// lists, A47 change of an identifier (§3.3.18, §3.3.34, §3.3.40, §3.3.47). A41 merges accounts and A42 visits, both of one person.
    /// </summary>
    private static bool IsMerge(ReadOnlySpan<byte> trigger) =>
        trigger.SequenceEqual("A40"u8) || trigger.SequenceEqual("A34"u8) || trigger.SequenceEqual("A18"u8) || trigger.SequenceEqual("A47"u8);
}
