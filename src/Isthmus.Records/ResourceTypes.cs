using System.Collections.Frozen;

namespace Isthmus.Records;

/// <summary>
/// The number by which a resource type stands in the thin rows. Numbers are forever: a type is added at the end.
/// </summary>
public static class ResourceTypes
{
    private static readonly string[] InOrder =
    [
        "Patient", "Practitioner", "PractitionerRole", "Organization", "Encounter", "ServiceRequest", "DiagnosticReport",
        "Observation", "Specimen", "Provenance", "MessageHeader", "Location", "RelatedPerson", "Condition",
        "AllergyIntolerance", "Procedure", "Coverage", "Device", "DocumentReference", "Consent", "Account", "Basic",
        "Task", "CareTeam", "EpisodeOfCare", "Immunization", "MedicationRequest", "Medication", "MedicationAdministration",
        "MedicationDispense", "Appointment", "Schedule", "Slot", "Media", "Binary", "Composition", "List", "Group",
    ];

    private static readonly FrozenDictionary<string, short> Numbers =
        InOrder.Select((name, i) => (name, i)).ToFrozenDictionary(t => t.name, t => (short)(t.i + 1), StringComparer.Ordinal);

    private static readonly FrozenSet<string> Shared = new[]
    {
        "Practitioner", "PractitionerRole", "Organization", "Location", "Device", "Medication", "Group",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Every type that is kept, in the order of the numbers.</summary>
    public static IReadOnlyList<string> All => InOrder;

    /// <summary>Whether resources of this type belong to no single person.</summary>
    public static bool IsShared(string type) => Shared.Contains(type);

    /// <exception cref="ArgumentException">The type is not kept here.</exception>
    public static short NumberOf(string type) =>
        Numbers.TryGetValue(type, out var number) ? number : throw new ArgumentException($"Resources of type {type} are not kept.", nameof(type));

    public static bool IsKept(string type) => Numbers.ContainsKey(type);

    public static string NameOf(short number) => InOrder[number - 1];
}
