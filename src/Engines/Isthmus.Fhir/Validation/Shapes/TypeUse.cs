using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>One of the types an element may have (ElementDefinition.type).</summary>
/// <param name="Code">The type's name.</param>
/// <param name="Profiles">Profiles of which the value must fulfil one; none asks nothing.</param>
/// <param name="Targets">For a Reference or canonical: profiles of which what it refers to must fulfil one; none is anything.</param>
/// <param name="Aggregation">Where what it refers to may be: contained, referenced, bundled; none is anywhere.</param>
internal sealed record TypeUse(string Code, string[] Profiles, string[] Targets, string[] Aggregation)
{
    private const string SystemType = "http://hl7.org/fhirpath/System.";

    public static TypeUse[] Of(FhirElement definition)
    {
        var found = new List<TypeUse>();
        foreach (var type in definition["type"u8])
        {
            found.Add(new TypeUse(CodeOf(type), Strings(type["profile"u8]), Strings(type["targetProfile"u8]), Strings(type["aggregation"u8])));
        }

        return [.. found];
    }

    /// <summary>The last part of a canonical URL without its version: the type's name, for HL7's own.</summary>
    public static string NameOf(string canonical)
    {
        var end = canonical.IndexOf('|', StringComparison.Ordinal) is var bar and >= 0 ? bar : canonical.Length;
        return canonical[(canonical.LastIndexOf('/', end - 1) + 1)..end];
    }

    /// <summary>The values of primitives and of ids have a type of FHIRPath; the FHIR type stands in an extension.</summary>
    private static string CodeOf(FhirElement type)
    {
        var code = type["code"u8].AsString() ?? "Element";
        if (!code.StartsWith(SystemType, StringComparison.Ordinal))
        {
            return TypeUse.NameOf(code);
        }

        var fhir = "string";
        foreach (var extension in type["extension"u8])
        {
            fhir = extension["valueUrl"u8].AsString() ?? extension["valueUri"u8].AsString() ?? fhir;
        }

        return fhir;
    }

    private static string[] Strings(FhirElement array)
    {
        if (array.Kind != FhirKind.Array)
        {
            return [];
        }

        var found = new List<string>(array.Count);
        foreach (var item in array)
        {
            found.Add(item.AsString() ?? "");
        }

        return [.. found];
    }
}
