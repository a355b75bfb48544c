namespace Isthmus.Fhir.Elements;

/// <summary>
/// FHIR content as two arrays: nodes, and the UTF-8 text their names and values lie in. A tape comes from
/// <see cref="Json.FhirJsonReader"/> or <see cref="FhirBuilder"/> and is walked with <see cref="FhirElement"/>.
/// </summary>
public sealed class FhirTape
{
    internal FhirNode[] Nodes;
    internal byte[] Text;
    internal int NodeCount;
    internal int TextLength;

    /// <summary>An empty tape, for a reader to use again and again.</summary>
    public FhirTape()
        : this(256, [], 0)
    {
    }

    internal FhirTape(int nodes, byte[] text, int textLength)
    {
        // Every field of a node is set when it is taken: clearing the memory first would be a third of the work on a large Bundle.
        Nodes = GC.AllocateUninitializedArray<FhirNode>(nodes);
        Text = text;
        TextLength = textLength;
    }

    /// <summary>The first node: the document, when the tape was read.</summary>
    public FhirElement Root => NodeCount == 0 ? default : new FhirElement(this, 0);

    /// <summary>Node count and text length; never content, which is PHI.</summary>
    public override string ToString() => $"FhirTape({NodeCount} nodes, {TextLength} bytes)";

    /// <summary>Empties the tape for a text that is about to be read.</summary>
    internal void Begin(byte[] text, int length)
    {
        Text = text;
        TextLength = length;
        NodeCount = 0;
    }

    /// <summary>The next node, whose content the caller sets.</summary>
    internal int Take()
    {
        if (NodeCount == Nodes.Length)
        {
            Grow();
        }

        return NodeCount++;
    }

    internal int Add(int parent, FhirKind kind)
    {
        var index = Take();
        ref var node = ref Nodes[index];
        node = new FhirNode
        {
            Name = FhirNode.None,
            Parent = parent,
            Next = FhirNode.None,
            First = FhirNode.None,
            Last = FhirNode.None,
            Kind = kind,
        };
        if (parent >= 0)
        {
            ref var above = ref Nodes[parent];
            if (above.Last >= 0)
            {
                Nodes[above.Last].Next = index;
            }
            else
            {
                above.First = index;
            }

            above.Last = index;
        }

        return index;
    }

    internal ReadOnlySpan<byte> NameOf(int index)
    {
        ref var node = ref Nodes[index];
        return node.Name switch
        {
            >= 0 => FhirNames.Text(node.Name),
            FhirNode.NameInText => Text.AsSpan(node.NameStart, node.NameLength),
            _ => [],
        };
    }

    internal ReadOnlySpan<byte> ValueOf(int index)
    {
        ref var node = ref Nodes[index];
        return Text.AsSpan(node.Start, node.Length);
    }

    /// <summary>The child of that name; a sibling (<c>_name</c>) only when asked for.</summary>
    internal int Find(int parent, int name, bool sibling)
    {
        for (var child = Nodes[parent].First; child >= 0; child = Nodes[child].Next)
        {
            ref var node = ref Nodes[child];
            if (node.Name == name && ((node.Flags & FhirNodeFlags.Sibling) != FhirNodeFlags.None) == sibling)
            {
                return child;
            }
        }

        return FhirNode.None;
    }

    private void Grow()
    {
        var larger = GC.AllocateUninitializedArray<FhirNode>(Nodes.Length * 2);
        Nodes.AsSpan(0, NodeCount).CopyTo(larger);
        Nodes = larger;
    }
}
