using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>One occurrence of an element: its value, and for a primitive what stands in the property with the underscore.</summary>
/// <param name="Value">The value's node, -1 for a primitive of which only id or extensions are there.</param>
/// <param name="Parts">The node with a primitive's id and extensions, or -1.</param>
/// <param name="Type">Its FHIR type.</param>
internal readonly record struct ElementItem(int Value, int Parts, string Type)
{
    /// <summary>The node to which a finding is pinned.</summary>
    public int Place => Value >= 0 ? Value : Parts;

    /// <summary>The node whose properties are the element's children, or -1.</summary>
    public int Holder(FhirTape tape) => Value >= 0 && tape.Nodes[Value].Kind == FhirKind.Object ? Value : Parts;
}

/// <summary>The occurrences of an element in a node, under any of its JSON names, without allocating.</summary>
internal ref struct ItemCursor(FhirTape tape, int holder, ReadOnlySpan<int> names, ReadOnlySpan<string> types)
{
    private readonly ReadOnlySpan<int> names = names;
    private readonly ReadOnlySpan<string> types = types;
    private int property = holder >= 0 ? tape.Nodes[holder].First : FhirNode.None;
    private int item = FhirNode.None;
    private int beside = FhirNode.None;
    private string type = "";

    public ElementItem Current { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            if (item >= 0 || beside >= 0)
            {
                Current = new ElementItem(ValueAt(item), ValueAt(beside), type);
                item = item >= 0 ? tape.Nodes[item].Next : FhirNode.None;
                beside = beside >= 0 ? tape.Nodes[beside].Next : FhirNode.None;
                if (Current.Place >= 0)
                {
                    return true;
                }

                continue;
            }

            if (property < 0)
            {
                return false;
            }

            var at = property;
            property = tape.Nodes[at].Next;
            if (names.IndexOf(tape.Nodes[at].Name) is var match and >= 0 && Open(at, types[match]))
            {
                return true;
            }
        }
    }

    /// <summary>Enters a property; true if it is a single value, which then is current.</summary>
    private bool Open(int at, string typeOfName)
    {
        type = typeOfName;
        var isParts = (tape.Nodes[at].Flags & FhirNodeFlags.Sibling) != FhirNodeFlags.None;
        var other = tape.Find(holder, tape.Nodes[at].Name, sibling: !isParts);
        if (isParts && other >= 0)
        {
            return false;
        }

        if (tape.Nodes[at].Kind == FhirKind.Array)
        {
            var otherFirst = other >= 0 && tape.Nodes[other].Kind == FhirKind.Array ? tape.Nodes[other].First : FhirNode.None;
            (item, beside) = isParts ? (FhirNode.None, tape.Nodes[at].First) : (tape.Nodes[at].First, otherFirst);
            return false;
        }

        Current = isParts ? new ElementItem(FhirNode.None, at, type) : new ElementItem(at, other, type);
        return true;
    }

    private readonly int ValueAt(int node) => node >= 0 && tape.Nodes[node].Kind != FhirKind.Null ? node : FhirNode.None;
}
