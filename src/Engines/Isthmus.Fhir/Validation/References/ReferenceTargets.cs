using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.References;

/// <summary>
/// Where references of one document lead: to contained resources, to other entries of the Bundle (FHIR R4 bundle.html#references),
/// or outside, where nobody looks.
/// </summary>
internal sealed class ReferenceTargets(FhirTape tape)
{
    private Dictionary<int, Dictionary<string, int>>? contained;
    private BundleIndex? index;

    /// <summary>The resources side by side in the document.</summary>
    public BundleIndex Side => index ??= new BundleIndex(tape, 0);

    /// <summary>The text of Reference.reference; empty if there is none.</summary>
    public ReadOnlySpan<byte> TextOf(int reference) => new FhirElement(tape, reference)["reference"u8].Text;

    /// <summary>The node of the resource that a reference leads to; -1 if it leads outside or nowhere, or to several.</summary>
    public int Resolve(int from, ReadOnlySpan<byte> reference)
    {
        if (reference.IsEmpty)
        {
            return FhirNode.None;
        }

        if (reference[0] == '#')
        {
            var container = ResourceTree.ContainerOf(tape, from);
            return reference.Length == 1 ? container : Contained(container, reference[1..]);
        }

        if (Side.IsEmpty)
        {
            return FhirNode.None;
        }

        var found = Candidates(from, Encoding.UTF8.GetString(reference));
        return found.Count == 1 ? found[0] : FhirNode.None;
    }

    /// <summary>The contained resource of that id; -1 if there is none. Where there are many, they are indexed once.</summary>
    private int Contained(int container, ReadOnlySpan<byte> id)
    {
        contained ??= [];
        if (!contained.TryGetValue(container, out var byId))
        {
            byId = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var item = new FhirElement(tape, container)["contained"u8].FirstChild; item.Exists; item = item.Next)
            {
                byId.TryAdd(item["id"u8].AsString() ?? "", item.Index);
            }

            contained.Add(container, byId);
        }

        return byId.GetValueOrDefault(Encoding.UTF8.GetString(id), FhirNode.None);
    }

    /// <summary>All resources of the document that a reference could mean: by fullUrl first, then by type and id; of that version, where it names one.</summary>
    public IReadOnlyList<int> Candidates(int from, string reference)
    {
        var versionless = ReferenceText.WithoutVersion(reference);
        var found = Versionless(from, versionless);
        return versionless.Length == reference.Length ? found : [.. found.Where(resource => VersionOf(resource).SequenceEqual(Encoding.UTF8.GetBytes(reference[(versionless.Length + ReferenceText.History.Length)..])))];
    }

    private ReadOnlySpan<byte> VersionOf(int resource) => new FhirElement(tape, resource)["meta"u8]["versionId"u8].Text;

    private IReadOnlyList<int> Versionless(int from, string reference)
    {
        var byUrl = Side.ByUrl(reference);
        if (byUrl.Count > 0)
        {
            return byUrl;
        }

        if (ReferenceText.IsAbsolute(reference))
        {
            return [];
        }

        // Relative to where the entry itself is from.
        var own = Side.UrlOf(ResourceTree.ContainerOf(tape, from));
        return own is not null && ReferenceText.ServiceOf(own) is { } service && Side.ByUrl(service + reference) is { Count: > 0 } near ? near : Side.ById(reference);
    }
}
