using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>An element definition of a snapshot in its place: with its children and, where it is sliced, its slices.</summary>
internal sealed class SnapshotNode
{
    private TypeUse[]? types;

    private SnapshotNode(FhirElement definition, string path)
    {
        Definition = definition;
        Path = path;
        SliceName = definition["sliceName"u8].AsString();
        Min = definition["min"u8].AsInteger() ?? 0;
        Max = TypeShapes.MaxOf(definition["max"u8]);
    }

    public FhirElement Definition { get; }

    public string Path { get; }

    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    public string? SliceName { get; }

    /// <summary>As a person reads it: <c>Patient.identifier:mrn.system</c>.</summary>
    public string Label => Definition["id"u8].AsString() ?? (SliceName is null ? Path : $"{Path}:{SliceName}");

    public int Min { get; }

    public int Max { get; }

    public TypeUse[] Types => types ??= TypeUse.Of(Definition);

    public List<SnapshotNode> Children { get; } = [];

    public List<SnapshotNode> Slices { get; } = [];

    public SnapshotNode Root { get; private set; } = null!;

    /// <summary>The value of <c>fixed[x]</c>, <c>pattern[x]</c>, <c>minValue[x]</c> or <c>maxValue[x]</c>; absent if there is none.</summary>
    public FhirElement Choice(ReadOnlySpan<byte> stem) => Among(Definition, stem) is { Exists: true } found ? found : Among(Given, stem);

    /// <summary>
    /// The differential's element. Authors write limits as durations (<c>minValueDuration</c>), which R4's text describes and its
    /// ElementDefinition has no name for, so that a snapshot may have lost them.
    /// </summary>
    private FhirElement Given { get; init; }

    private static FhirElement Among(FhirElement definition, ReadOnlySpan<byte> stem)
    {
        foreach (var child in definition)
        {
            if (!child.IsSibling && child.Name.Length > stem.Length && child.Name.StartsWith(stem) && char.IsAsciiLetterUpper((char)child.Name[stem.Length]))
            {
                return child;
            }
        }

        return default;
    }

    /// <summary>An element elsewhere in the same snapshot, by path.</summary>
    public SnapshotNode? At(string path)
    {
        var at = Root;
        foreach (var step in path.Split('.')[1..])
        {
            if (at.Children.Find(child => child.Name == step) is not { } child)
            {
                return null;
            }

            at = child;
        }

        return at;
    }

    /// <summary>The tree of a StructureDefinition's snapshot; null if it has none.</summary>
    public static SnapshotNode? Of(FhirElement structure)
    {
        var given = new Dictionary<string, FhirElement>(StringComparer.Ordinal);
        foreach (var definition in structure["differential"u8]["element"u8])
        {
            given.TryAdd(definition["id"u8].AsString() ?? definition["path"u8].AsString() ?? "", definition);
        }

        var open = new List<SnapshotNode>();
        foreach (var definition in structure["snapshot"u8]["element"u8])
        {
            var path = definition["path"u8].AsString() ?? "";
            var depth = path.AsSpan().Count('.');
            if (depth > open.Count)
            {
                return null;
            }

            var node = new SnapshotNode(definition, path) { Given = given.GetValueOrDefault(definition["id"u8].AsString() ?? path) };
            open.RemoveRange(depth, open.Count - depth);
            node.Root = depth == 0 ? node : open[0];
            if (depth > 0)
            {
                Place(node, open[depth - 1]);
            }

            open.Add(node);
        }

        return open.Count > 0 ? open[0] : null;
    }

    /// <summary>A slice stands under what it slices: <c>a/b</c> re-slices the slice <c>a</c>.</summary>
    private static void Place(SnapshotNode node, SnapshotNode parent)
    {
        var sliced = node.SliceName is null ? null : parent.Children.FindLast(child => child.Name == node.Name);
        if (sliced is null)
        {
            parent.Children.Add(node);
            return;
        }

        var name = node.SliceName!;
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            sliced = sliced.Slices.Find(slice => slice.SliceName == name[..slash]) ?? sliced;
        }

        sliced.Slices.Add(node);
    }

    public override string ToString() => Label;
}
