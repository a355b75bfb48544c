namespace Isthmus.Simulators.Ehr;

/// <summary>What an entry of a Bundle asks for.</summary>
internal enum EntryAction
{
    Update,
    Create,
    Refused,
}

/// <summary>One entry in its order: what it asks, and why it cannot be done if it cannot.</summary>
/// <param name="Action">What is asked.</param>
/// <param name="Item">Index of its content in the draft; -1 if refused.</param>
/// <param name="Objection">For a refused entry, why.</param>
internal readonly record struct BundleEntry(EntryAction Action, int Item, string? Objection)
{
    public static BundleEntry Refuse(string objection) => new(EntryAction.Refused, -1, objection);
}

/// <summary>A Bundle as received: all or nothing, or each entry by itself.</summary>
internal sealed record ReceivedBundle(bool IsTransaction, List<BundleEntry> Entries);
