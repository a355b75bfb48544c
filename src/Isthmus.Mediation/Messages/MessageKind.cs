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
    /// The events whose effect is on identifiers of persons: A40 merges identifier lists and A47 changes one of them (§3.3.40, §3.3.47);
    /// A18, A30, A34, A36, A39, A46 and A48 are the older forms of the two, kept for those who still send them. A41 merges accounts and
    /// A42 visits, both of one person.
    /// </summary>
    private static bool IsMerge(ReadOnlySpan<byte> trigger) =>
        trigger is [(byte)'A', (byte)'1', (byte)'8']
            or [(byte)'A', (byte)'3', (byte)'0' or (byte)'4' or (byte)'6' or (byte)'9']
            or [(byte)'A', (byte)'4', (byte)'0' or (byte)'6' or (byte)'7' or (byte)'8'];
}
