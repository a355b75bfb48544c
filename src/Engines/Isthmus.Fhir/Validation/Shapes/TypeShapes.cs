using System.Collections.Concurrent;
using System.Globalization;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Invariants;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>
/// The types of FHIR, each compiled from R4's own StructureDefinition when it is first met and then shared; no guide redefines them.
/// Compiling twice at the same moment costs a little time and nothing else.
/// </summary>
internal sealed class TypeShapes
{
    private const string StructureDefinitions = "http://hl7.org/fhir/StructureDefinition/";

    private readonly ConcurrentDictionary<string, TypeShape> types = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ElementShape> elements = new(StringComparer.Ordinal);
    private readonly Utf8Table<TypeShape> resources = new();

    public static bool IsResourceName(string name) =>
        FhirSchema.R4.Type(name) is { IsResource: true } || name is "Resource" or "DomainResource";

    public static bool IsKnown(string name) => FhirSchema.R4.Type(name) is not null || name is "Resource" or "DomainResource" or "Element" or "BackboneElement";

    /// <summary>A type that the definitions have.</summary>
    /// <exception cref="InvalidOperationException">The definitions lack one of FHIR's own types.</exception>
    public TypeShape Type(string name) => types.TryGetValue(name, out var shape) ? shape : types.GetOrAdd(name, Compile(name));

    /// <summary>The type of a resource by the text of its resourceType; null if R4 has no such resource.</summary>
    public TypeShape? Resource(ReadOnlySpan<byte> name)
    {
        if (resources.Find(name) is { } found)
        {
            return found;
        }

        var text = System.Text.Encoding.UTF8.GetString(name);
        return FhirSchema.R4.Type(text) is { IsResource: true } ? resources.Add(name, Type(text)) : null;
    }

    /// <summary>An element by its path, <c>Questionnaire.item</c>.</summary>
    public ElementShape Element(string path)
    {
        if (!elements.ContainsKey(path))
        {
            Type(path[..(path.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? dot : path.Length)]);
        }

        return elements[path];
    }

    /// <summary>Whether a type is, or is derived from, another.</summary>
    public bool IsA(string type, string ancestor)
    {
        for (var at = type; at.Length > 0; at = Type(at).BaseName)
        {
            if (at == ancestor)
            {
                return true;
            }

            if (!IsKnown(at) || at.Contains('.', StringComparison.Ordinal))
            {
                return false;
            }
        }

        return false;
    }

    private TypeShape Compile(string name)
    {
        var structure = DefinitionSet.R4.FindStructure(StructureDefinitions + name);
        if (!structure.Exists)
        {
            throw new InvalidOperationException($"The definitions have no type {name}.");
        }

        var byParent = new Dictionary<string, List<ElementShape>>(StringComparer.Ordinal);
        var shapes = new List<ElementShape>();
        foreach (var definition in structure["snapshot"u8]["element"u8])
        {
            if (definition["sliceName"u8].Exists)
            {
                continue;
            }

            var shape = ElementOf(definition);
            shapes.Add(shape);
            if (shape.Path.LastIndexOf('.') is var dot and > 0)
            {
                ChildrenOf(byParent, shape.Path[..dot]).Add(shape);
            }
        }

        foreach (var shape in shapes)
        {
            if (byParent.TryGetValue(shape.Path, out var children))
            {
                shape.Attach(children, (child, type) => new PropertyShape(ElementShape.PropertyName(child.Name, type.Code), child, type, this));
            }

            elements[shape.Path] = shape;
        }

        var baseName = structure["baseDefinition"u8].AsString() is { } parent ? TypeUse.NameOf(parent) : "";
        return new TypeShape(name, structure["url"u8].AsString() ?? "", baseName, shapes[0]);
    }

    private static List<ElementShape> ChildrenOf(Dictionary<string, List<ElementShape>> byParent, string parent)
    {
        if (!byParent.TryGetValue(parent, out var children))
        {
            byParent.Add(parent, children = []);
        }

        return children;
    }

    private static ElementShape ElementOf(FhirElement definition)
    {
        var path = definition["path"u8].AsString() ?? "";
        var reference = definition["contentReference"u8].AsString();
        var types = TypeUse.Of(definition);
        return new ElementShape
        {
            Path = path,
            Min = definition["min"u8].AsInteger() ?? 0,
            Max = MaxOf(definition["max"u8]),

            // What refers to another element's content is a backbone element, and the definitions then name no type.
            Types = types.Length == 0 && reference is not null ? [new TypeUse("BackboneElement", [], [], [])] : types,
            Invariants = InvariantShape.Of(definition),
            Binding = BindingShape.Of(definition),
            IsModifier = definition["isModifier"u8].AsBoolean() == true,
            ContentReference = reference?[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..],
        };
    }

    /// <summary>ElementDefinition.max: a number or <c>*</c>.</summary>
    public static int MaxOf(FhirElement max) =>
        int.TryParse(max.AsString(), NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : int.MaxValue;
}
