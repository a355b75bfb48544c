using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Validation.References;

/// <summary>Which node of a tape is a resource, and what it stands in.</summary>
internal static class ResourceTree
{
    private static readonly int ResourceTypeName = FhirNames.IdOf("resourceType"u8);
    private static readonly int ContainedName = FhirNames.IdOf("contained"u8);
    private static readonly int IdName = FhirNames.IdOf("id"u8);

    /// <summary>The text of resourceType; empty for what is no resource.</summary>
    public static ReadOnlySpan<byte> TypeOf(FhirTape tape, int node)
    {
        var name = node >= 0 && tape.Nodes[node].Kind == FhirKind.Object ? tape.Find(node, ResourceTypeName, sibling: false) : FhirNode.None;
        return name >= 0 && tape.Nodes[name].Kind == FhirKind.String ? tape.ValueOf(name) : [];
    }

    public static ReadOnlySpan<byte> IdOf(FhirTape tape, int resource)
    {
        var id = tape.Find(resource, IdName, sibling: false);
        return id >= 0 && tape.Nodes[id].Kind == FhirKind.String ? tape.ValueOf(id) : [];
    }

    /// <summary>The resource that a node belongs to, itself included.</summary>
    public static int ResourceOf(FhirTape tape, int node)
    {
        var at = node;
        while (TypeOf(tape, at).IsEmpty && tape.Nodes[at].Parent >= 0)
        {
            at = tape.Nodes[at].Parent;
        }

        return at;
    }

    /// <summary>The resource that holds a node's resource in its contained, or the node's resource itself.</summary>
    public static int ContainerOf(FhirTape tape, int node)
    {
        var resource = ResourceOf(tape, node);
        return IsContained(tape, resource) ? ResourceOf(tape, tape.Nodes[resource].Parent) : resource;
    }

    public static bool IsContained(FhirTape tape, int resource) =>
        tape.Nodes[resource].Parent is >= 0 and var array && tape.Nodes[array].Name == ContainedName;

    public static bool IsResourceType(ReadOnlySpan<byte> name) => FhirSchema.R4.Type(System.Text.Encoding.UTF8.GetString(name)) is { IsResource: true };
}
