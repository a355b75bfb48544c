using Isthmus.Fhir.Validation.Invariants;
using Isthmus.Fhir.Validation.Values;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>What a walk does with a value besides walking on.</summary>
internal enum ValueRole : byte
{
    None,
    Extension,
    Reference,
    Resource,
    Coding,
    CodeableConcept,
    Quantity,
    Attachment,
    Narrative,
    Identifier,
    Meta,

    /// <summary>A canonical URL of which the definition says what it leads to; the profiles of meta are looked up anyhow.</summary>
    Canonical,
}

/// <summary>An element under one of its JSON names, that is, with one of its types.</summary>
internal sealed class PropertyShape(int name, ElementShape element, TypeUse type, TypeShapes types)
{
    private ElementShape? content;
    private CompiledInvariant[]? invariants;

    /// <summary>Number of the JSON name in <see cref="Isthmus.Fhir.Elements.FhirNames"/>.</summary>
    public int Name => name;

    public ElementShape Element => element;

    public TypeUse Type => type;

    public bool Repeats { get; } = element.Repeats;

    /// <summary>The element's bit among its parent's children.</summary>
    public ulong Bit { get; set; }

    public PrimitiveKind Primitive { get; } = IsResourceId(element.Path) ? PrimitiveKind.Id : PrimitiveKinds.Of(type.Code);

    /// <summary>Whether a primitive value is asked for more than its form.</summary>
    public bool AsksMore => element.Binding is not null || Role != ValueRole.None || Invariants.Length > 0 || type.Profiles.Length > 0;

    public ValueRole Role { get; } = type.Code == "canonical" ? (type.Targets.Length > 0 && element.Path != "Meta.profile" ? ValueRole.Canonical : ValueRole.None) : RoleOf(type.Code);

    /// <summary>The value's type as FHIRPath navigates it: a backbone element is a type of its own, named by its path.</summary>
    public string TypeName { get; } = TypeNameOf(element, type);

    /// <summary>Where the value's children are defined: the element itself, the element it refers to, or its type.</summary>
    public ElementShape Content => content ??=
        element.ContentReference is { } reference ? types.Element(reference)
        : element.Children.Length > 0 ? element
        : types.Type(type.Code).Root;

    /// <summary>The element's invariants and those of its type, each once.</summary>
    public CompiledInvariant[] Invariants => invariants ??= CompiledInvariant.Of(
        element.Invariants.Concat(types.Type(type.Code).Root.Invariants).DistinctBy(invariant => invariant.Expression), Content.NamesOf);

    public static string TypeNameOf(ElementShape element, TypeUse type) =>
        element.ContentReference ?? (element.Children.Length > 0 || type.Code is "BackboneElement" or "Element" ? element.Path : type.Code);

    /// <summary>Base types say string here where the specification says id (FHIR R4 resource.html#id).</summary>
    private static bool IsResourceId(string path) => path.EndsWith(".id", StringComparison.Ordinal) && TypeShapes.IsResourceName(path[..^3]);

    private static ValueRole RoleOf(string type) => type switch
    {
        "Extension" => ValueRole.Extension,
        "Reference" => ValueRole.Reference,
        "Coding" => ValueRole.Coding,
        "CodeableConcept" => ValueRole.CodeableConcept,
        "Quantity" or "Age" or "Distance" or "Duration" or "Count" or "MoneyQuantity" or "SimpleQuantity" => ValueRole.Quantity,
        "Attachment" => ValueRole.Attachment,
        "Narrative" => ValueRole.Narrative,
        "Identifier" => ValueRole.Identifier,
        "Meta" => ValueRole.Meta,
        "Resource" => ValueRole.Resource,
        _ => TypeShapes.IsResourceName(type) ? ValueRole.Resource : ValueRole.None,
    };
}
