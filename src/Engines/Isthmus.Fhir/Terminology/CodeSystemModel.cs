using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>One concept of a code system.</summary>
/// <param name="Code">As the code system writes it.</param>
/// <param name="Element">Its <c>CodeSystem.concept</c>; absent in the systems this engine carries itself.</param>
internal readonly record struct Concept(string Code, FhirElement Element)
{
    public string? Display => Element["display"u8].AsString();
}

/// <summary>
/// A CodeSystem compiled: concepts by code, and the hierarchy from nesting and from <c>parent</c>, <c>child</c> and
/// <c>subsumedBy</c> properties (FHIR R4 codesystem.html#hierarchy).
/// </summary>
internal sealed class CodeSystemModel
{
    private readonly List<Concept> concepts = [];
    private readonly Dictionary<string, int> byCode;
    private readonly Dictionary<int, List<int>> parents = [];
    private readonly Dictionary<int, List<int>> children = [];
    private readonly List<TerminologyFinding> findings = [];

    /// <summary>A code system that this engine carries as a plain list of codes.</summary>
    public CodeSystemModel(string url, IEnumerable<string> codes)
    {
        Url = url;
        byCode = new Dictionary<string, int>(StringComparer.Ordinal);
        IsComplete = true;
        HierarchyIsSubsumption = true;
        foreach (var code in codes)
        {
            Add(code, default);
        }
    }

    public CodeSystemModel(FhirElement resource)
    {
        Resource = resource;
        Url = resource["url"u8].AsString() ?? string.Empty;
        Version = resource["version"u8].AsString();
        IsComplete = resource["content"u8].TextEquals("complete"u8);
        IgnoresCase = resource["caseSensitive"u8].AsBoolean() == false;
        HierarchyIsSubsumption = !resource["hierarchyMeaning"u8].Exists || resource["hierarchyMeaning"u8].TextEquals("is-a"u8);
        byCode = new Dictionary<string, int>(IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        ReadConcepts(resource["concept"u8]);
        ReadRelations(resource);
        if (HasCycle())
        {
            findings.Add(TerminologyRules.HierarchyCycle.At(Url));
        }
    }

    public FhirElement Resource { get; }

    public string Url { get; }

    public string? Version { get; }

    /// <summary>Whether every code of the system is here; else a code that is not found may still be one.</summary>
    public bool IsComplete { get; }

    public bool IgnoresCase { get; }

    /// <summary>Whether a child is a kind of its parent; a part, say, is not.</summary>
    public bool HierarchyIsSubsumption { get; }

    public IReadOnlyList<Concept> Concepts => concepts;

    public IReadOnlyList<TerminologyFinding> Findings => findings;

    public int IndexOf(string code) => byCode.GetValueOrDefault(code, -1);

    public Membership Has(string code) => byCode.ContainsKey(code) ? Membership.Yes : IsComplete ? Membership.No : Membership.Unknown;

    public IReadOnlyList<int> ParentsOf(int concept) => parents.TryGetValue(concept, out var found) ? found : [];

    public IReadOnlyList<int> ChildrenOf(int concept) => children.TryGetValue(concept, out var found) ? found : [];

    /// <summary>Everything below the concept, itself not included; each once, however the hierarchy is knotted.</summary>
    public HashSet<int> Descendants(int concept) => Reach(concept, children);

    /// <summary>Everything above the concept, itself not included.</summary>
    public HashSet<int> Ancestors(int concept) => Reach(concept, parents);

    /// <summary>A property's values at a concept: those stated, and <c>parent</c>, <c>child</c>, <c>code</c>, <c>display</c>, <c>definition</c>.</summary>
    public IEnumerable<string> Values(int concept, string property)
    {
        switch (property)
        {
            case "code" or "concept":
                return [concepts[concept].Code];
            case "display" or "definition":
                return concepts[concept].Element[property].AsString() is { } text ? [text] : [];
            case "parent":
                return ParentsOf(concept).Select(parent => concepts[parent].Code);
            case "child":
                return ChildrenOf(concept).Select(child => concepts[child].Code);
            default:
                return Stated(concepts[concept].Element, property);
        }
    }

    /// <summary>Whether the concept is retired: <c>inactive</c> is true, or its status says so (concept-properties of R4).</summary>
    public static bool IsInactive(FhirElement concept) =>
        Stated(concept, "inactive").Contains("true", StringComparer.Ordinal)
        || Stated(concept, "status").Any(status => status is "retired" or "inactive");

    /// <summary>Whether the concept only groups others.</summary>
    public static bool IsAbstract(FhirElement concept) =>
        Stated(concept, "notSelectable").Contains("true", StringComparer.Ordinal) || Stated(concept, "abstract").Contains("true", StringComparer.Ordinal);

    private static IEnumerable<string> Stated(FhirElement concept, string property)
    {
        foreach (var stated in concept["property"u8])
        {
            if (stated["code"u8].AsString() == property && ValueOf(stated) is { } value)
            {
                yield return value;
            }
        }
    }

    /// <summary>The text of <c>value[x]</c>; of a Coding, its code.</summary>
    internal static string? ValueOf(FhirElement property)
    {
        foreach (var child in property)
        {
            if (child.Name.StartsWith("value"u8))
            {
                return child.Kind == FhirKind.Object ? child["code"u8].AsString() : child.AsString();
            }
        }

        return null;
    }

    private int Add(string code, FhirElement element)
    {
        if (byCode.TryGetValue(code, out var known))
        {
            return known;
        }

        concepts.Add(new Concept(code, element));
        byCode.Add(code, concepts.Count - 1);
        return concepts.Count - 1;
    }

    private void ReadConcepts(FhirElement top)
    {
        var open = new Stack<(FhirElement Next, int Parent)>();
        open.Push((top.FirstChild, -1));
        while (open.TryPop(out var at))
        {
            if (!at.Next.Exists)
            {
                continue;
            }

            open.Push((at.Next.Next, at.Parent));
            if (at.Next["code"u8].AsString() is not { } code)
            {
                continue;
            }

            var concept = Add(code, at.Next);
            if (at.Parent >= 0)
            {
                Relate(concept, at.Parent);
            }

            open.Push((at.Next["concept"u8].FirstChild, concept));
        }
    }

    private void ReadRelations(FhirElement resource)
    {
        var (up, down) = RelationCodes(resource);
        for (var concept = 0; concept < concepts.Count; concept++)
        {
            foreach (var property in concepts[concept].Element["property"u8])
            {
                var code = property["code"u8].AsString() ?? string.Empty;
                if ((up.Contains(code) || down.Contains(code)) && ValueOf(property) is { } other && IndexOf(other) is >= 0 and var related)
                {
                    Relate(up.Contains(code) ? concept : related, up.Contains(code) ? related : concept);
                }
            }
        }
    }

    private static (HashSet<string> Up, HashSet<string> Down) RelationCodes(FhirElement resource)
    {
        var up = new HashSet<string>(StringComparer.Ordinal) { "parent", "subsumedBy" };
        var down = new HashSet<string>(StringComparer.Ordinal) { "child" };
        foreach (var property in resource["property"u8])
        {
            var uri = property["uri"u8].AsString() ?? string.Empty;
            if (uri == "http://hl7.org/fhir/concept-properties#parent")
            {
                up.Add(property["code"u8].AsString() ?? string.Empty);
            }
            else if (uri == "http://hl7.org/fhir/concept-properties#child")
            {
                down.Add(property["code"u8].AsString() ?? string.Empty);
            }
        }

        return (up, down);
    }

    private void Relate(int child, int parent)
    {
        if (ParentsOf(child).Contains(parent))
        {
            return;
        }

        Of(parents, child).Add(parent);
        Of(children, parent).Add(child);

        static List<int> Of(Dictionary<int, List<int>> relations, int concept) =>
            relations.TryGetValue(concept, out var found) ? found : relations[concept] = [];
    }

    private static HashSet<int> Reach(int from, Dictionary<int, List<int>> relations)
    {
        var reached = new HashSet<int>();
        var open = new Stack<int>([from]);
        while (open.TryPop(out var at))
        {
            foreach (var next in relations.GetValueOrDefault(at, []))
            {
                if (next != from && reached.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return reached;
    }

    /// <summary>Kahn's count: what cannot be taken off from the top down hangs on a cycle.</summary>
    private bool HasCycle()
    {
        var waiting = parents.ToDictionary(relation => relation.Key, relation => relation.Value.Count);
        var free = new Stack<int>(Enumerable.Range(0, concepts.Count).Where(concept => !waiting.ContainsKey(concept)));
        var taken = 0;
        while (free.TryPop(out var concept))
        {
            taken++;
            foreach (var child in ChildrenOf(concept))
            {
                if (--waiting[child] == 0)
                {
                    free.Push(child);
                }
            }
        }

        return taken < concepts.Count;
    }
}
