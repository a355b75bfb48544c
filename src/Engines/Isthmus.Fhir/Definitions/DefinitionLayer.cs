using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Definitions;

/// <summary>One source of conformance resources within a <see cref="DefinitionSet"/>.</summary>
internal abstract class DefinitionLayer
{
    /// <summary>The resource of that url; of several versions the one asked for, or without a version the newest. Absent if there is none.</summary>
    public abstract FhirElement Find(string url, string? version);

    /// <summary>Every resource of a type, in the order of their urls.</summary>
    public abstract IEnumerable<FhirElement> All(string resourceType);

    /// <summary>A version asked for is met by itself and by what it begins: 6.1 by 6.1.0.</summary>
    protected static bool Meets(ReadOnlySpan<char> version, ReadOnlySpan<char> asked) =>
        version.StartsWith(asked, StringComparison.Ordinal) && (version.Length == asked.Length || version[asked.Length] == '.');
}
