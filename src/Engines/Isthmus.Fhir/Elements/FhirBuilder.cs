using System.Text;

namespace Isthmus.Fhir.Elements;

/// <summary>
/// Builds resources on a tape, in whatever order the values come: nodes may be appended anywhere until the tape is written.
/// Nodes are plain numbers; <see cref="Reset"/> empties the builder and keeps its memory for the next message.
/// </summary>
public sealed class FhirBuilder
{
    private static readonly int ResourceTypeName = FhirNames.IdOf("resourceType"u8);

    public FhirBuilder(int nodes = 1024, int text = 16 * 1024) => Tape = new FhirTape(nodes, new byte[text], 0);

    public FhirTape Tape { get; }

    /// <summary>Starts a resource. Several may stand side by side on one tape.</summary>
    public int Resource(ReadOnlySpan<byte> type)
    {
        var root = Tape.Add(FhirNode.None, FhirKind.Object);
        String(root, ResourceTypeName, type);
        return root;
    }

    /// <summary>The object at a property that does not repeat, found or created.</summary>
    public int Object(int parent, int name, bool sibling = false)
    {
        var found = Tape.Find(parent, name, sibling);
        return found >= 0 ? found : Named(parent, name, FhirKind.Object, sibling ? FhirNodeFlags.Sibling : FhirNodeFlags.None);
    }

    /// <summary>A new object at the end of a repeating property.</summary>
    public int Item(int parent, int name) => Tape.Add(Array(parent, name), FhirKind.Object);

    /// <summary>A string at a property that does not repeat. The text is plain UTF-8 and is copied.</summary>
    public int String(int parent, int name, ReadOnlySpan<byte> text) => Text(Named(parent, name, FhirKind.String, FhirNodeFlags.None), text);

    public int String(int parent, string name, string text) => String(parent, NameOf(name), Encoding.UTF8.GetBytes(text));

    /// <summary>A string at the end of a repeating property.</summary>
    public int StringItem(int parent, int name, ReadOnlySpan<byte> text) => Text(Tape.Add(Array(parent, name), FhirKind.String), text);

    /// <summary>A number, in the text it is to be written with; the caller vouches that it is a JSON number.</summary>
    public int Number(int parent, int name, ReadOnlySpan<byte> text) => Text(Named(parent, name, FhirKind.Number, FhirNodeFlags.None), text);

    public int Boolean(int parent, int name, bool value) => Named(parent, name, value ? FhirKind.True : FhirKind.False, FhirNodeFlags.None);

    public bool Has(int parent, int name) => Tape.Find(parent, name, sibling: false) >= 0;

    /// <summary>The property of that name, or -1.</summary>
    public int Find(int parent, int name, bool sibling = false) => Tape.Find(parent, name, sibling);

    /// <summary>
    /// Follows a path such as <c>name[0].family</c> from a node and puts a string there, creating what is missing.
    /// For code that builds a resource now and then; maps resolve their paths beforehand.
    /// </summary>
    /// <exception cref="ArgumentException">The path names an element that R4 does not have, or skips an array position.</exception>
    public void Set(int root, string path, string value)
    {
        var at = root;
        var steps = path.Split('.');
        for (var i = 0; i < steps.Length; i++)
        {
            var bracket = steps[i].IndexOf('[', StringComparison.Ordinal);
            var name = NameOf(bracket < 0 ? steps[i] : steps[i][..bracket]);
            var last = i == steps.Length - 1;
            if (bracket < 0)
            {
                at = last ? String(at, name, Encoding.UTF8.GetBytes(value)) : Object(at, name);
                continue;
            }

            var position = int.Parse(steps[i].AsSpan(bracket + 1, steps[i].Length - bracket - 2), System.Globalization.CultureInfo.InvariantCulture);
            var array = new FhirElement(Tape, Array(at, name));
            at = array.Count == position ? (last ? StringItem(at, name, Encoding.UTF8.GetBytes(value)) : Item(at, name))
                : array[position].Exists ? array[position].Index
                : throw new ArgumentException("The path skips an array position.", nameof(path));
        }
    }

    /// <summary>How many nodes there are; the next one made has this number.</summary>
    public int NodeCount => Tape.NodeCount;

    /// <summary>The number of an element of this builder.</summary>
    public static int NodeOf(FhirElement element) => element.Index;

    public FhirElement Element(int node) => new(Tape, node);

    /// <summary>Takes a node and what hangs under it off the tree. Its memory returns with <see cref="Reset"/>.</summary>
    public void Remove(int node)
    {
        var parent = Tape.Nodes[node].Parent;
        if (parent < 0)
        {
            return;
        }

        var before = FhirNode.None;
        for (var child = Tape.Nodes[parent].First; child != node; child = Tape.Nodes[child].Next)
        {
            before = child;
        }

        var after = Tape.Nodes[node].Next;
        _ = before < 0 ? Tape.Nodes[parent].First = after : Tape.Nodes[before].Next = after;
        if (Tape.Nodes[parent].Last == node)
        {
            Tape.Nodes[parent].Last = before;
        }
    }

    /// <summary>Forgets everything that was built; tapes and elements handed out before must no longer be used.</summary>
    public void Reset()
    {
        Tape.NodeCount = 0;
        Tape.TextLength = 0;
    }

    public override string ToString() => $"FhirBuilder({Tape.NodeCount} nodes, {Tape.TextLength} bytes)";

    /// <summary>Room for text that the caller composes in place; <see cref="Take"/> turns what was written into a value.</summary>
    public Span<byte> Room(int atLeast)
    {
        Grow(atLeast);
        return Tape.Text.AsSpan(Tape.TextLength);
    }

    /// <summary>A string made of the first <paramref name="length"/> bytes written into <see cref="Room"/>.</summary>
    public int Take(int parent, int name, bool repeats, int length, FhirKind kind = FhirKind.String)
    {
        var node = repeats ? Tape.Add(Array(parent, name), kind) : Named(parent, name, kind, FhirNodeFlags.None);
        ref var made = ref Tape.Nodes[node];
        made.Start = Tape.TextLength;
        made.Length = length;
        Tape.TextLength += length;
        return node;
    }

    /// <summary>
    /// A property that stands elsewhere, under another parent as well: its text is shared and not copied, so neither may be
    /// overwritten afterwards. For values without parts, at properties that do not repeat.
    /// </summary>
    public int Again(int parent, int node)
    {
        ref var known = ref Tape.Nodes[node];
        var (name, kind, flags, start, length) = (known.Name, known.Kind, known.Flags, known.Start, known.Length);
        var made = Named(parent, name, kind, flags);
        Tape.Nodes[made].Start = start;
        Tape.Nodes[made].Length = length;
        return made;
    }

    /// <summary>A value's text, which the caller may overwrite in place as long as its length stays.</summary>
    public Span<byte> TextAt(int node) => Tape.Text.AsSpan(Tape.Nodes[node].Start, Tape.Nodes[node].Length);

    public int LengthAt(int node) => Tape.Nodes[node].Length;

    private int Array(int parent, int name)
    {
        var found = Tape.Find(parent, name, sibling: false);
        return found >= 0 ? found : Named(parent, name, FhirKind.Array, FhirNodeFlags.None);
    }

    private int Named(int parent, int name, FhirKind kind, FhirNodeFlags flags)
    {
        var node = Tape.Add(parent, kind);
        Tape.Nodes[node].Name = name;
        Tape.Nodes[node].Flags = flags;
        return node;
    }

    private int Text(int node, ReadOnlySpan<byte> text)
    {
        Grow(text.Length);
        text.CopyTo(Tape.Text.AsSpan(Tape.TextLength));
        Tape.Nodes[node].Start = Tape.TextLength;
        Tape.Nodes[node].Length = text.Length;
        Tape.TextLength += text.Length;
        return node;
    }

    private void Grow(int room)
    {
        if (Tape.Text.Length - Tape.TextLength < room)
        {
            System.Array.Resize(ref Tape.Text, Math.Max(Tape.Text.Length * 2, Tape.TextLength + room));
        }
    }

    private static int NameOf(string name) =>
        FhirNames.IdOf(name) is var id and >= 0 ? id : throw new ArgumentException("FHIR R4 has no element of that name.", nameof(name));
}
