using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Definitions;

/// <summary>One element of a snapshot as a tree: what lies under it, and the slices it is divided into.</summary>
internal sealed class SnapshotNode(string name, string? sliceName, ElementDraft definition)
{
    private SnapshotNode? inherited;

    public string Name { get; } = name;

    public string? SliceName { get; } = sliceName;

    public ElementDraft Definition { get; } = definition;

    public List<SnapshotNode> Children { get; } = [];

    public List<SnapshotNode> Slices { get; } = [];

    public bool IsChoice => Name.EndsWith("[x]", StringComparison.Ordinal);

    /// <summary>How many elements this one and all below it are.</summary>
    public int Size => 1 + Children.Sum(child => child.Size) + Slices.Sum(slice => slice.Size);

    /// <summary>The tree of a published snapshot, whose elements stand depth first, slices after what they divide. Null where they do not.</summary>
    public static SnapshotNode? Of(FhirElement elements)
    {
        var latest = new List<SnapshotNode>();
        foreach (var element in elements)
        {
            var path = element["path"u8].AsString() ?? "";
            var depth = path.AsSpan().Count('.');
            var node = new SnapshotNode(path[(path.LastIndexOf('.') + 1)..], element["sliceName"u8].AsString(), new ElementDraft(element));
            if (depth > latest.Count || (depth == 0 && latest.Count > 0))
            {
                return null;
            }

            if (depth > 0)
            {
                var beside = latest[depth - 1].Children;
                var divided = node.SliceName is null ? null : beside.FindLast(other => other.Name == node.Name);
                (divided?.Slices ?? beside).Add(node);
            }

            latest.RemoveRange(depth, latest.Count - depth);
            latest.Add(node);
        }

        return latest.Count == 0 ? null : latest[0];
    }

    public SnapshotNode Copy()
    {
        var copy = new SnapshotNode(Name, SliceName, Definition.Copy());
        copy.Children.AddRange(Children.Select(child => child.Copy()));
        copy.Slices.AddRange(Slices.Select(slice => slice.Copy()));
        return copy;
    }

    /// <summary>Keeps what is inherited before a differential changes this element or anything below it.</summary>
    public void KeepInherited()
    {
        if (inherited is null)
        {
            inherited = new SnapshotNode(Name, SliceName, Definition.Copy());
            inherited.Children.AddRange(Children.Select(child => child.Copy()));
        }
    }

    /// <summary>
    /// A new slice, which begins as what is inherited, undivided and optional. What the differential says of all
    /// repetitions it says once, on the element that is divided.
    /// </summary>
    public SnapshotNode NewSlice(string sliceName)
    {
        var from = SliceName is null ? inherited ?? this : this;
        var slice = new SnapshotNode(Name, sliceName, from.Definition.Copy());
        slice.Children.AddRange(from.Children.Select(child => child.Copy()));
        slice.Definition.Remove("slicing");
        slice.Definition.Set("min", "0"u8);
        return slice;
    }

    /// <summary>Writes this element and all below it, with ids and paths made from where they stand.</summary>
    public void Write(FhirJsonWriter writer, string parentPath, string parentId)
    {
        var path = parentPath + Name;
        var id = SliceName is null ? parentId + Name : $"{parentId}{Name}:{SliceName}";
        writer.Raw(parentPath.Length == 0 ? "{\"id\":"u8 : ",{\"id\":"u8);
        writer.String(Encoding.UTF8.GetBytes(id));
        writer.Raw(",\"path\":"u8);
        writer.String(Encoding.UTF8.GetBytes(path));
        if (SliceName is not null)
        {
            writer.Raw(",\"sliceName\":"u8);
            writer.String(Encoding.UTF8.GetBytes(SliceName));
        }

        Definition.Write(writer);
        writer.Raw("}"u8);
        foreach (var child in Children)
        {
            child.Write(writer, path + ".", id + ".");
        }

        foreach (var slice in Slices)
        {
            slice.Write(writer, parentPath, parentId);
        }
    }
}
