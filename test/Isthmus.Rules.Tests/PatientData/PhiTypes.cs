using System.Reflection;
using Isthmus.Exchange.Phi;

namespace Isthmus.Rules.Tests.PatientData;

/// <summary>The types whose values are, or may contain, patient data.</summary>
internal static class PhiTypes
{
    /// <summary>Engines know no attribute of ours: theirs are the types that give access to a message's or resource's content.</summary>
    private static readonly string[] OfEngines =
    [
        "Hl7Message", "Hl7Segment", "Hl7Field", "Hl7Component", "Hl7Slice", "Hl7Text",
        "FhirElement", "FhirTape", "FhirBuilder",
    ];

    public static IReadOnlyList<Type> All { get; } =
        [.. Product.Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type =>
            type.GetCustomAttribute<PhiAttribute>() is not null
            || (OfEngines.Contains(type.Name) && type.Namespace is { } space && (space.StartsWith("Isthmus.Hl7v2", StringComparison.Ordinal) || space.StartsWith("Isthmus.Fhir", StringComparison.Ordinal))))];
}
