using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Invariants;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>
/// Compiles a profile's snapshot into what it demands beyond the types it constrains. Elements are compared with the type's
/// own definition; what is the same there is checked by the walk over the types and left out here.
/// </summary>
internal sealed class ProfileCompiler(ProfileShapes profiles)
{
    /// <summary>Invariants that every type has, and that the walk checks on every element.</summary>
    private static readonly string[] Universal = ["ele-1", "ext-1"];

    private readonly SlicingCompiler slicing = new(profiles);

    /// <summary>What the profile demands; null if nothing beyond the type.</summary>
    public ConstraintShape? Compile(SnapshotNode root)
    {
        if (!TypeShapes.IsKnown(root.Path))
        {
            return null;
        }

        var type = profiles.Types.Type(root.Path).Root;
        var shape = new ConstraintShape
        {
            Label = root.Label,
            Names = [],
            TypeOfName = [],
            Invariants = Added(InvariantShape.Of(root.Definition), type, [], type),
            Children = ChildrenOf(root, type),
        };
        return shape.Constrains ? shape : null;
    }

    /// <summary>What is demanded of one element, or one slice of it, which FHIR itself defines as <paramref name="element"/>.</summary>
    private ConstraintShape? Element(SnapshotNode node, ElementShape element, bool isSlice)
    {
        var content = ContentOf(node, element);
        var shape = new ConstraintShape
        {
            Label = node.Label,
            Names = [.. Named(element, node).Select(named => named.Name)],
            TypeOfName = [.. Named(element, node).Select(named => named.Type)],
            Min = isSlice || node.Min <= element.Min ? 0 : node.Min,
            Max = isSlice || node.Max >= element.Max ? int.MaxValue : node.Max,
            Types = NarrowedTypes(node, element),
            Fixed = node.Choice("fixed"u8),
            Pattern = node.Choice("pattern"u8),
            MinValue = node.Choice("minValue"u8),
            MaxValue = node.Choice("maxValue"u8),
            MaxLength = node.Definition["maxLength"u8].AsInteger() ?? 0,
            Binding = NarrowedBinding(node, element),
            Invariants = Added(InvariantShape.Of(node.Definition), element, node.Types, content ?? element),
            Slicing = node.Slices.Count == 0 ? null : slicing.Compile(node, slice => Element(slice, element, isSlice: true)),
            Children = content is null ? [] : ChildrenOf(node, content),
        };
        return shape.Constrains ? shape : null;
    }

    private ConstraintShape[] ChildrenOf(SnapshotNode node, ElementShape content)
    {
        var found = new List<ConstraintShape>();
        foreach (var child in node.Children)
        {
            if (Find(content, child.Name) is { } element && Element(child, element, isSlice: false) is { } shape)
            {
                found.Add(shape);
            }
        }

        return [.. found];
    }

    /// <summary>The element of that name; older profiles write <c>valueQuantity</c> for <c>value[x]</c> narrowed to one type.</summary>
    private static ElementShape? Find(ElementShape content, string name) =>
        content.Child(name) ?? (FhirNames.IdOf(name) is var id and >= 0 ? content.Find(id)?.Element : null);

    /// <summary>Where the children of an element are defined; null where it has several types, of which one cannot speak at once.</summary>
    private ElementShape? ContentOf(SnapshotNode node, ElementShape element)
    {
        if (node.Children.Count == 0)
        {
            return null;
        }

        if (element.ContentReference is { } reference)
        {
            return profiles.Types.Element(reference);
        }

        if (element.Children.Length > 0)
        {
            return element;
        }

        var codes = node.Types.Length > 0 ? node.Types : element.Types;
        return codes.Length == 1 && TypeShapes.IsKnown(codes[0].Code) ? profiles.Types.Type(codes[0].Code).Root : profiles.Types.Type("Element").Root;
    }

    private static IEnumerable<(int Name, string Type)> Named(ElementShape element, SnapshotNode node)
    {
        var narrowed = element.IsChoice && !node.Name.EndsWith("[x]", StringComparison.Ordinal) ? FhirNames.IdOf(node.Name) : FhirNode.None;
        return element.Types
            .Select(type => (Name: ElementShape.PropertyName(element.Name, type.Code), Type: PropertyShape.TypeNameOf(element, type)))
            .Where(named => named.Name >= 0 && (narrowed < 0 || named.Name == narrowed));
    }

    /// <summary>The types where they are fewer than FHIR allows, or have profiles or targets of their own; else null.</summary>
    private static TypeUse[]? NarrowedTypes(SnapshotNode node, ElementShape element)
    {
        if (node.Types.Length == 0 || element.Types.Length == 0 || element.ContentReference is not null)
        {
            return null;
        }

        var narrowed = node.Types.Length < element.Types.Length;
        var types = node.Types.Select(type =>
        {
            var own = Array.Find(element.Types, candidate => candidate.Code == type.Code);
            var sameTargets = own is not null && own.Targets.Length == type.Targets.Length && !own.Targets.Except(type.Targets, StringComparer.Ordinal).Any();
            var sameProfiles = own is not null && own.Profiles.Length == type.Profiles.Length && !own.Profiles.Except(type.Profiles, StringComparer.Ordinal).Any();
            return type with { Targets = sameTargets ? [] : type.Targets, Profiles = sameProfiles ? [] : type.Profiles };
        }).ToArray();
        return narrowed || Array.Exists(types, type => type.Profiles.Length > 0 || type.Targets.Length > 0 || type.Aggregation.Length > 0) ? types : null;
    }

    private static BindingShape? NarrowedBinding(SnapshotNode node, ElementShape element)
    {
        var binding = BindingShape.Of(node.Definition);
        return binding is null || (element.Binding is { } own && own.Strength >= binding.Strength && SameSet(own, binding) && own.Maximum == binding.Maximum) ? null : binding;
    }

    private static bool SameSet(BindingShape one, BindingShape other) => one.ValueSet.Split('|')[0] == other.ValueSet.Split('|')[0];

    /// <summary>Invariants that neither the element nor its types have.</summary>
    private CompiledInvariant[] Added(InvariantShape[] invariants, ElementShape element, TypeUse[] types, ElementShape content)
    {
        var known = element.Invariants
            .Concat((types.Length > 0 ? types : element.Types).Where(type => TypeShapes.IsKnown(type.Code)).SelectMany(type => profiles.Types.Type(type.Code).Root.Invariants))
            .Select(invariant => invariant.Key)
            .Concat(Universal)
            .ToHashSet(StringComparer.Ordinal);
        return CompiledInvariant.Of(invariants.Where(invariant => !known.Contains(invariant.Key)), content.NamesOf);
    }
}
