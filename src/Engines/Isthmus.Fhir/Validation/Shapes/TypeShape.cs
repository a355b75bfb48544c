using Isthmus.Fhir.Validation.Invariants;
using Isthmus.Fhir.Validation.Values;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>A type of FHIR R4, resource, data type or primitive, as its own StructureDefinition has it.</summary>
internal sealed class TypeShape(string name, string url, string baseName, ElementShape root)
{
    public string Name => name;

    public string Url => url;

    /// <summary>The type it is derived from; empty for Element and Resource.</summary>
    public string BaseName => baseName;

    public ElementShape Root => root;

    /// <summary>The invariants of the type itself.</summary>
    public CompiledInvariant[] Invariants { get; } = CompiledInvariant.Of(root.Invariants, root.NamesOf);

    public bool IsResource { get; } = TypeShapes.IsResourceName(name);

    public PrimitiveKind Primitive { get; } = PrimitiveKinds.Of(name);
}
