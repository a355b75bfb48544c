using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Mapping.Compiling;

/// <summary>What the definitions say of elements beyond their types: required bindings, and elements that a profile rules out.</summary>
internal sealed class ElementRules(DefinitionSet definitions)
{
    private readonly Dictionary<string, Dictionary<string, FhirElement>> byStructure = new(StringComparer.Ordinal);

    public static ElementRules Of(DefinitionSet definitions) => definitions.Cached(set => new ElementRules(set));

    /// <summary>The value set that an element's code must be from; null where the binding leaves a choice.</summary>
    /// <param name="structure">A type's name or a profile's canonical.</param>
    /// <param name="path">The element's path, such as <c>Patient.contact.gender</c>.</param>
    public CompiledValueSet? RequiredBinding(string structure, string path)
    {
        if (Find(structure, path) is not { Exists: true } element || element["binding"u8] is not { Exists: true } binding
            || binding["strength"u8].AsString() != "required" || binding["valueSet"u8].AsString() is not { } canonical)
        {
            return null;
        }

        var set = TerminologySet.Of(definitions).ValueSet(canonical);
        return set.IsClosed ? set : null;
    }

    /// <summary>The resource type that a profile is of; null for a profile that is not among the definitions.</summary>
    public string? TypeOfProfile(string canonical) => definitions.FindStructure(canonical) is { Exists: true } profile ? profile["type"u8].AsString() : null;

    /// <summary>Whether a structure rules an element out, or never had it.</summary>
    public bool IsRuledOut(string structure, string path) =>
        !Elements(structure).TryGetValue(path, out var element) || element["max"u8].AsString() == "0";

    public static bool Holds(CompiledValueSet set, string code) => set.ContainsCode(Encoding.UTF8.GetBytes(code)) != Membership.No;

    private FhirElement Find(string structure, string path) => Elements(structure).GetValueOrDefault(path);

    private Dictionary<string, FhirElement> Elements(string structure)
    {
        lock (byStructure)
        {
            if (!byStructure.TryGetValue(structure, out var elements))
            {
                byStructure[structure] = elements = new Dictionary<string, FhirElement>(StringComparer.Ordinal);
                foreach (var element in definitions.FindStructure(structure)["snapshot"u8]["element"u8])
                {
                    // Slices repeat a path; the first is the element itself.
                    elements.TryAdd(element["path"u8].AsString()!, element);
                }
            }

            return elements;
        }
    }
}
