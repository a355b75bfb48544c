using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// What the names of a message's structure stand for. Every question is answered once, and who refers to whom is found by one walk over
/// the resources of a type: a report of ten thousand results asks for each of them what belongs to it.
/// </summary>
internal sealed class SelectedResources(ReverseRun run)
{
    private readonly Dictionary<Selection, Dictionary<Focus, IReadOnlyList<Focus>>> answers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Selection, Dictionary<FhirElement, List<Referring>>> referring = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Selection, Dictionary<FhirElement, List<Referring>>> refusing = new(ReferenceEqualityComparer.Instance);

    /// <param name="of">What the path starts from, or the reference leads to; null where that name stands for nothing.</param>
    public IReadOnlyList<Focus> Of(Selection selection, Focus? of)
    {
        if (selection.Of >= 0 && of is null)
        {
            return [];
        }

        if (!answers.TryGetValue(selection, out var known))
        {
            answers[selection] = known = [];
        }

        var from = of ?? default;
        if (!known.TryGetValue(from, out var those))
        {
            known[from] = those = [.. Find(selection, from).Distinct().Where(focus => Passes(selection, focus))];
            run.Select(those);
        }

        return those;
    }

    private List<Focus> Find(Selection selection, in Focus of)
    {
        if (selection.Type is null)
        {
            var found = new List<Focus>();
            var items = run.Follow(selection.Path!, of, out var trail).Items;
            foreach (var item in items)
            {
                Follow(item, found);
                run.ReadWay(trail, item);
            }

            run.Forget(trail);
            return found;
        }

        if (selection.Path is null)
        {
            return Candidates(selection);
        }

        if (!referring.TryGetValue(selection, out var index))
        {
            referring[selection] = index = WhoRefers(selection.Path, Candidates(selection));
        }

        var those = index.GetValueOrDefault(of.Resource) ?? [];
        those.ForEach(one => run.Read(one.Reference));
        return those.ConvertAll(one => one.From);
    }

    private List<Focus> Candidates(Selection selection)
    {
        var candidates = new List<Focus>();
        foreach (var resource in run.Index.OfType(selection.Type!))
        {
            var focus = new Focus(resource, selection.Type, resource);
            if (selection.Inner is null)
            {
                candidates.Add(focus);
                continue;
            }

            foreach (var item in run.Evaluate(selection.Inner, focus).Items)
            {
                candidates.Add(ReverseRun.FocusOf(item));
            }
        }

        return candidates;
    }

    /// <summary>By the resource that is referred to: who refers to it, each once, with the first of its references that does.</summary>
    private Dictionary<FhirElement, List<Referring>> WhoRefers(FhirPathExpression path, List<Focus> candidates)
    {
        var index = new Dictionary<FhirElement, List<Referring>>();
        foreach (var candidate in candidates)
        {
            foreach (var item in run.Evaluate(path, candidate).Items)
            {
                var reference = item.Element["reference"u8];
                if (reference.AsString() is not { } text || run.Index.Resolve(text) is not { Exists: true } target)
                {
                    continue;
                }

                if (!index.TryGetValue(target, out var those))
                {
                    index[target] = those = [];
                }

                if (those is not [.., var last] || last.From != candidate)
                {
                    those.Add(new Referring(candidate, reference));
                }
            }
        }

        return index;
    }

    /// <summary>A reference leads to its resource; everything else is taken as it is.</summary>
    private void Follow(FhirPathValue item, List<Focus> into)
    {
        if (item.TypeName != "Reference")
        {
            into.Add(ReverseRun.FocusOf(item));
            return;
        }

        var reference = item.Element["reference"u8];
        if (reference.AsString() is { } text && Target(item.Element, text) is { Exists: true } resource)
        {
            run.Read(reference);
            into.Add(new Focus(resource, resource.ResourceType, resource));
        }
        else if (reference.Exists && !run.IsFound(item.Element))
        {
            run.Find(ReverseRules.ReferenceOpen, item.Element);
        }
    }

    private FhirElement Target(FhirElement from, string reference)
    {
        if (!reference.StartsWith('#'))
        {
            return run.Index.Resolve(reference);
        }

        var resource = from;
        while (resource.Exists && !resource["contained"u8].Exists)
        {
            resource = resource.Parent;
        }

        foreach (var contained in resource["contained"u8])
        {
            if (contained["id"u8].AsString() is { } id && reference.AsSpan(1).SequenceEqual(id))
            {
                return contained;
            }
        }

        return default;
    }

    private bool Passes(Selection selection, Focus focus)
    {
        if (selection.When is not null && !run.Holds(selection.When, focus))
        {
            return false;
        }

        if (selection.Unless is not { } unless)
        {
            return true;
        }

        if (!refusing.TryGetValue(selection, out var index))
        {
            refusing[selection] = index = WhoRefers(unless.Path, [.. run.Index.OfType(unless.Type).Select(other => new Focus(other, unless.Type, other))]);
        }

        if (!index.TryGetValue(focus.Resource, out var those))
        {
            return true;
        }

        run.Read(those[0].Reference);
        return false;
    }

    private readonly record struct Referring(Focus From, FhirElement Reference);
}
