using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.References;

/// <summary>
/// The resources that stand side by side in a Bundle or in Parameters, by fullUrl and by type and id, so that references
/// between them are followed in constant time. Made when a walk first follows a reference.
/// </summary>
internal sealed class BundleIndex
{
    private static readonly int EntryName = FhirNames.IdOf("entry"u8);
    private static readonly int ResourceName = FhirNames.IdOf("resource"u8);
    private static readonly int ParameterName = FhirNames.IdOf("parameter"u8);
    private static readonly int PartName = FhirNames.IdOf("part"u8);

    private readonly FhirTape tape;
    private readonly Dictionary<string, List<int>> byUrl = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> urlOf = [];

    public BundleIndex(FhirTape tape, int root)
    {
        this.tape = tape;
        Entries(root, EntryName);
        Entries(root, ParameterName);
    }

    public bool IsEmpty => byId.Count == 0 && byUrl.Count == 0;

    /// <summary>The resources of that fullUrl.</summary>
    public IReadOnlyList<int> ByUrl(string url) => byUrl.TryGetValue(url, out var found) ? found : [];

    /// <summary>The resources of that type and id, <c>Patient/1</c>.</summary>
    public IReadOnlyList<int> ById(string typeAndId) => byId.TryGetValue(typeAndId, out var found) ? found : [];

    /// <summary>The fullUrl of the entry that a resource stands in; null if it has none.</summary>
    public string? UrlOf(int resource) => urlOf.GetValueOrDefault(resource);

    private void Entries(int parent, int name)
    {
        var array = tape.Nodes[parent].Kind == FhirKind.Object ? tape.Find(parent, name, sibling: false) : FhirNode.None;
        for (var entry = array >= 0 ? tape.Nodes[array].First : FhirNode.None; entry >= 0; entry = tape.Nodes[entry].Next)
        {
            if (tape.Nodes[entry].Kind != FhirKind.Object)
            {
                continue;
            }

            var resource = tape.Find(entry, ResourceName, sibling: false);
            var type = ResourceTree.TypeOf(tape, resource);
            if (!type.IsEmpty)
            {
                Add(entry, resource, type);

                // Parameters may hold a Bundle, and its entries refer to each other.
                Entries(resource, EntryName);
            }

            Entries(entry, PartName);
        }
    }

    private void Add(int entry, int resource, ReadOnlySpan<byte> type)
    {
        if (new FhirElement(tape, entry)["fullUrl"u8].AsString() is { } url)
        {
            Put(byUrl, url, resource);
            urlOf[resource] = url;
        }

        var id = ResourceTree.IdOf(tape, resource);
        if (!id.IsEmpty)
        {
            Put(byId, $"{Encoding.UTF8.GetString(type)}/{Encoding.UTF8.GetString(id)}", resource);
        }
    }

    private static void Put(Dictionary<string, List<int>> index, string key, int resource)
    {
        if (!index.TryGetValue(key, out var found))
        {
            index.Add(key, found = []);
        }

        found.Add(resource);
    }
}
