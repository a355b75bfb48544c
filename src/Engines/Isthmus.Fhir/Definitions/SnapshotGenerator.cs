using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Definitions;

/// <summary>A structure with the snapshot that was made for it, absent if none could be, and what of its differential has no place there.</summary>
internal sealed record GeneratedSnapshot(FhirElement Structure, IReadOnlyList<string> Misplaced);

/// <summary>
/// Makes the snapshot of one structure: the base's snapshot with the differential laid over it (FHIR R4 profiling.html#snapshot).
/// What the differential says below a datatype, a type profile or a content reference is pulled into the tree when it is reached.
/// </summary>
internal sealed class SnapshotGenerator
{
    /// <summary>The largest published snapshots have under 2,000 elements; slices of slices multiply quickly.</summary>
    private const int MaxElements = 50_000;

    private readonly FhirElement structure;
    private readonly FhirElement parent;
    private readonly Func<string, FhirElement> structures;
    private readonly SnapshotNode root;
    private readonly Dictionary<string, SnapshotNode> located = new(StringComparer.Ordinal);
    private readonly List<(SnapshotNode Choice, SnapshotNode Slice)> choices = [];
    private readonly List<string> misplaced = [];
    private int elements;

    private SnapshotGenerator(FhirElement structure, FhirElement parent, SnapshotNode root, Func<string, FhirElement> structures)
    {
        this.structure = structure;
        this.parent = parent;
        this.root = root;
        this.structures = structures;
        elements = root.Size;
    }

    /// <summary>The structure with a snapshot; absent if its base is unknown or the result would be boundless.</summary>
    /// <param name="structure">A StructureDefinition with a differential.</param>
    /// <param name="structures">Finds structures with snapshots, by canonical or type name.</param>
    public static GeneratedSnapshot Generate(FhirElement structure, Func<string, FhirElement> structures)
    {
        var parent = structures(structure["baseDefinition"u8].AsString() ?? "");
        var type = structure["type"u8].AsString() ?? "";
        var tree = SnapshotNode.Of(parent["snapshot"u8]["element"u8]);
        if (tree is null)
        {
            return new GeneratedSnapshot(default, []);
        }

        var generator = new SnapshotGenerator(structure, parent, Renamed(tree, type[(type.LastIndexOf('/') + 1)..]), structures);
        return new GeneratedSnapshot(generator.Apply() ? generator.Written() : default, generator.misplaced);
    }

    /// <summary>A specialisation, such as a logical model, has a root of its own name.</summary>
    private static SnapshotNode Renamed(SnapshotNode tree, string name)
    {
        if (tree.Name == name || name.Length == 0)
        {
            return tree;
        }

        var root = new SnapshotNode(name, null, tree.Definition);
        root.Children.AddRange(tree.Children);
        return root;
    }

    private bool Apply()
    {
        foreach (var element in structure["differential"u8]["element"u8])
        {
            var path = element["path"u8].AsString() ?? "";
            if (Locate(element, path) is { } node)
            {
                foreach (var stale in located.Keys.Where(key => key.StartsWith(path + ".", StringComparison.Ordinal)).ToArray())
                {
                    located.Remove(stale);
                }

                located[path] = node;
                node.KeepInherited();
                node.Definition.Merge(element);
            }
            else
            {
                misplaced.Add(element["id"u8].AsString() ?? path);
            }

            if (elements > MaxElements)
            {
                return false;
            }
        }

        CloseChoices();
        return true;
    }

    private FhirElement Written()
    {
        var writer = new FhirJsonWriter();
        writer.Raw("{"u8);
        foreach (var property in structure)
        {
            if (!property.Name.SequenceEqual("text"u8) && !property.Name.SequenceEqual("snapshot"u8))
            {
                writer.WriteProperty(property);
                writer.Raw(","u8);
            }
        }

        writer.Raw("\"snapshot\":{\"element\":["u8);
        root.Write(writer, "", "");
        writer.Raw("]}}"u8);
        return FhirJsonReader.ReadJson(writer.Written.ToArray()).Root;
    }

    /// <summary>Where a differential's element belongs. Its id says so with slices; without one the elements before it do.</summary>
    private SnapshotNode? Locate(FhirElement element, string path)
    {
        var sliceName = element["sliceName"u8].AsString();
        var names = path.Split('.');
        if (names.Length == 1)
        {
            return names[0] == root.Name ? root : null;
        }

        var ids = (element["id"u8].AsString() ?? "").Split('.');
        var idAgrees = ids.Length == names.Length && ids.Zip(names).All(pair => pair.First.Split(':')[0] == pair.Second);
        if (!idAgrees)
        {
            return At(path[..path.LastIndexOf('.')]) is { } above ? Step(above, names[^1], sliceName) : null;
        }

        var node = root;
        for (var i = 1; i < names.Length && node is not null; i++)
        {
            var slice = ids[i].IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? ids[i][(colon + 1)..] : null;
            node = Step(node, names[i], i == names.Length - 1 ? sliceName ?? slice : slice);
        }

        return node;
    }

    /// <summary>The element that a path without slices means at this point of the differential.</summary>
    private SnapshotNode? At(string path)
    {
        if (located.TryGetValue(path, out var known))
        {
            return known;
        }

        var dot = path.LastIndexOf('.');
        return dot < 0 ? (path == root.Name ? root : null) : At(path[..dot]) is { } above ? Step(above, path[(dot + 1)..], null) : null;
    }

    private SnapshotNode? Step(SnapshotNode above, string name, string? sliceName)
    {
        above.KeepInherited();
        if (above.Children.Count == 0)
        {
            Unfold(above);
        }

        if (above.Children.Find(child => child.Name == name) is { } found)
        {
            return sliceName is null ? found : Slice(found, sliceName);
        }

        // valueQuantity: within a slice the one type of value[x], elsewhere the slice value[x]:valueQuantity.
        if (above.Children.Find(child => child.IsChoice && TypeNamed(child, name) is not null) is { } choice)
        {
            if (above.SliceName is not null && sliceName is null && choice.Slices.Count == 0)
            {
                choice.Definition.Set("type", OnlyType(choice, name));
                return choice;
            }

            var slice = Slice(choice, sliceName ?? name);
            choices.Add((choice, slice));
            return slice;
        }

        if (!structure["derivation"u8].TextEquals("specialization"u8))
        {
            return null;
        }

        var added = new SnapshotNode(name, sliceName, new ElementDraft(default(FhirElement)));
        above.Children.Add(added);
        elements++;
        return added;
    }

    private SnapshotNode Slice(SnapshotNode divided, string sliceName)
    {
        if (divided.Slices.Find(slice => slice.SliceName == sliceName) is { } known)
        {
            return known;
        }

        // A slice "a/b" divides slice "a" further and stands behind it.
        var outer = sliceName.LastIndexOf('/') is var slash and > 0 ? sliceName[..slash] : null;
        var from = outer is null ? -1 : divided.Slices.FindIndex(slice => slice.SliceName == outer);
        var made = (from < 0 ? divided : divided.Slices[from]).NewSlice(sliceName);
        if (divided.IsChoice && TypeNamed(divided, sliceName) is not null)
        {
            made.Definition.Set("type", OnlyType(divided, sliceName));
        }

        if (!divided.Definition["slicing"].Exists && SlicingOf(divided) is { Length: > 0 } implied)
        {
            divided.Definition.Set("slicing", implied);
        }

        var before = from < 0 ? divided.Slices.Count - 1 : divided.Slices.FindLastIndex(slice => slice.SliceName == outer || slice.SliceName!.StartsWith(outer + "/", StringComparison.Ordinal));
        divided.Slices.Insert(before + 1, made);
        elements += made.Size;
        return made;
    }

    /// <summary>Extensions are always told apart by their url, choices by their type.</summary>
    private static ReadOnlySpan<byte> SlicingOf(SnapshotNode divided) =>
        divided.Name is "extension" or "modifierExtension" ? """{"discriminator":[{"type":"value","path":"url"}],"ordered":false,"rules":"open"}"""u8
        : divided.IsChoice ? """{"discriminator":[{"type":"type","path":"$this"}],"ordered":false,"rules":"open"}"""u8
        : [];

    /// <summary>Where a choice must be of one type, no other is possible.</summary>
    private void CloseChoices()
    {
        foreach (var (choice, slice) in choices)
        {
            if (slice.Definition["min"].AsInteger() > 0)
            {
                choice.Definition.Set("min", "1"u8);
                choice.Definition.Set("type", FhirJsonWriter.ToBytes(slice.Definition["type"]));
                choice.Definition.Set("slicing", """{"discriminator":[{"type":"type","path":"$this"}],"ordered":false,"rules":"closed"}"""u8);
            }
        }
    }

    /// <summary>The types of a choice without all but the one that a name chooses.</summary>
    private static byte[] OnlyType(SnapshotNode choice, string name)
    {
        var code = TypeNamed(choice, name);
        var writer = new FhirJsonWriter();
        writer.Raw("["u8);
        foreach (var type in choice.Definition["type"])
        {
            if (type["code"u8].AsString() == code)
            {
                writer.Write(type);
                break;
            }
        }

        writer.Raw("]"u8);
        return writer.Written.ToArray();
    }

    /// <summary>The type that a name such as <c>valueQuantity</c> chooses of <c>value[x]</c>; null if it chooses none.</summary>
    private static string? TypeNamed(SnapshotNode choice, string name)
    {
        var stem = choice.Name.AsSpan(0, choice.Name.Length - 3);
        foreach (var type in choice.Definition["type"])
        {
            if (type["code"u8].AsString() is { Length: > 0 } code && name.AsSpan().StartsWith(stem, StringComparison.Ordinal)
                && name.AsSpan(stem.Length).SequenceEqual($"{char.ToUpperInvariant(code[0])}{code[1..]}"))
            {
                return code;
            }
        }

        return null;
    }

    /// <summary>Gives an element the children of what it refers to or is of.</summary>
    private void Unfold(SnapshotNode node)
    {
        if (node.Definition["contentReference"].AsString() is { } reference)
        {
            if (Referred(reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..]) is { } referred)
            {
                node.Children.AddRange(referred.Children);
                node.Definition.Set("type", FhirJsonWriter.ToBytes(referred.Definition["type"]));
                node.Definition.Remove("contentReference");
            }
        }
        else
        {
            node.Children.AddRange(SnapshotNode.Of(StructureOf(node.Definition["type"])["snapshot"u8]["element"u8])?.Children ?? []);
        }

        elements += node.Size;
    }

    private FhirElement StructureOf(FhirElement types)
    {
        if (types.Count != 1)
        {
            return structures("Element");
        }

        var only = types[0];
        var profiled = only["profile"u8].Exists ? structures(only["profile"u8][0].AsString() ?? "") : default;
        return profiled.Exists ? profiled : structures(only["code"u8].AsString() ?? "");
    }

    /// <summary>The element that a content reference names, as the base defines it and with copies of its own for children.</summary>
    private SnapshotNode? Referred(string id)
    {
        var node = SnapshotNode.Of(parent["snapshot"u8]["element"u8]);
        foreach (var name in id.Split('.').Skip(1))
        {
            node = node?.Children.Find(child => child.Name == name);
        }

        return node;
    }
}
