using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>Why a message says nothing of a resource.</summary>
internal sealed class UnplacedResources(ReverseRun run, ReverseMessage message)
{
    private HashSet<string>? taken;
    private HashSet<FhirElement>? referred;

    public void Find(FhirElement resource, string type) => run.Find(
        run.IsSelected(resource) ? ReverseRules.ResourceEmpty
        : (taken ??= [.. message.Parts.SelectMany(Types)]).Contains(type) ? ReverseRules.ResourceApart
        : (referred ??= Referred()).Contains(resource) ? ReverseRules.ResourceReferred
        : ReverseRules.ResourceUnplaced,
        resource);

    /// <summary>The types that a part looks for, and those around it and in it.</summary>
    private static IEnumerable<string> Types(Part part) =>
        part.With.Append(part.Each).Select(selection => selection?.Type).OfType<string>().Concat(part.Has.SelectMany(Types));

    /// <summary>Every resource that another one refers to.</summary>
    private HashSet<FhirElement> Referred()
    {
        var those = new HashSet<FhirElement>();
        foreach (var (resource, _) in run.Index.All)
        {
            Collect(resource, those);
        }

        return those;
    }

    private void Collect(FhirElement element, HashSet<FhirElement> those)
    {
        foreach (var child in element)
        {
            if (child.Name.SequenceEqual("reference"u8) && child.AsString() is { } text && run.Index.Resolve(text) is { Exists: true } target)
            {
                those.Add(target);
            }
            else
            {
                Collect(child, those);
            }
        }
    }
}
