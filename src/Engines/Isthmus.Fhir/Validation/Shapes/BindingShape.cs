using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Validation.Shapes;

internal enum BindingStrength
{
    Example,
    Preferred,
    Extensible,
    Required,
}

/// <summary>Which codes an element takes (ElementDefinition.binding).</summary>
/// <param name="Strength">How binding it is.</param>
/// <param name="ValueSet">The value set's canonical URL, with its version where the definition pins one.</param>
internal sealed record BindingShape(BindingStrength Strength, string ValueSet)
{
    /// <summary>The outermost set of an extensible or preferred binding, outside of which no code may be; null if there is none.</summary>
    public string? Maximum { get; private init; }

    /// <summary>The value set, compiled when it is first asked.</summary>
    public CompiledValueSet? Set { get; set; }

    /// <summary>Null where there is no binding, or one that asks nothing.</summary>
    public static BindingShape? Of(FhirElement definition)
    {
        var binding = definition["binding"u8];
        var valueSet = binding["valueSet"u8].AsString();
        var strength = binding["strength"u8].AsString() switch
        {
            "required" => BindingStrength.Required,
            "extensible" => BindingStrength.Extensible,
            "preferred" => BindingStrength.Preferred,
            _ => BindingStrength.Example,
        };
        string? maximum = null;
        foreach (var extension in binding["extension"u8])
        {
            maximum = extension["url"u8].TextEquals("http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"u8)
                ? extension["valueCanonical"u8].AsString() : maximum;
        }

        return valueSet is null || (strength == BindingStrength.Example && maximum is null) ? null : new BindingShape(strength, valueSet) { Maximum = maximum };
    }
}
