using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>
/// One pass over one text (RFC 8259). No recursion: the nesting is the tape's own parent links, so depth costs no stack.
/// Methods take the place they begin at and return the one where they end, or <see cref="Stopped"/>: a place that lives in
/// a register is what makes this fast.
/// </summary>
internal ref struct JsonParser
{
    private const int Stopped = -1;

    private readonly ReadOnlySpan<byte> text;
    private readonly FhirTape tape;
    private readonly FhirJsonLimits limits;
    private readonly DuplicateNames? duplicates;
    private int container = FhirNode.None;

    /// <summary>The youngest child of the container so far.</summary>
    private int youngest = FhirNode.None;
    private int depth;

    // The property name that waits for its value. Fields rather than a struct, and nodes set field by field below: what is
    // stored in small parts and loaded at once as a large one costs more than all the rest of a name.
    private int name = FhirNode.None;
    private int nameStart;
    private int nameLength;
    private FhirNodeFlags nameFlags;

    public JsonParser(FhirTape tape, FhirJsonLimits limits, bool duplicatesAllowed)
    {
        this.tape = tape;
        this.limits = limits;
        text = tape.Text.AsSpan(0, tape.TextLength);
        duplicates = duplicatesAllowed ? null : DuplicateNames.OfThread;
    }

    /// <summary>Where the reading stopped, and why, when <see cref="Run"/> says no.</summary>
    public int FaultOffset { get; private set; }

    public (string Rule, string Message) Fault { get; private set; }

    public bool Run()
    {
        var text = this.text;
        var at = JsonScan.Space(text, text.StartsWith("\uFEFF"u8) ? 3 : 0);
        var inObject = false;
        while (true)
        {
            // 1. In an object, a name.
            if (inObject && (at = ReadName(at)) == Stopped)
            {
                return false;
            }

            // 2. A value; one that opens and has content comes back to 1.
            if (at == text.Length)
            {
                return Stop(at, JsonRules.Truncated) != Stopped;
            }

            var first = text[at];
            if (first == '"')
            {
                at = ReadString(at);
            }
            else if (first is (byte)'{' or (byte)'[')
            {
                inObject = first == '{';
                var opened = container;
                at = Open(at, inObject);
                if (at != Stopped && container != opened)
                {
                    continue;
                }
            }
            else
            {
                at = ReadOther(at, first);
            }

            if (at == Stopped)
            {
                return false;
            }

            // 3. Close what ends here, until a comma asks for more or the document is done.
            while (true)
            {
                at = JsonScan.Space(text, at);
                if (container < 0)
                {
                    return at == text.Length || Stop(at, JsonRules.Trailing) != Stopped;
                }

                if (at == text.Length)
                {
                    return Stop(at, JsonRules.Truncated) != Stopped;
                }

                inObject = tape.Nodes[container].Kind == FhirKind.Object;
                if (text[at] == ',')
                {
                    at = JsonScan.Space(text, at + 1);
                    break;
                }

                if (text[at] != (inObject ? '}' : ']'))
                {
                    return Stop(at, JsonRules.Syntax) != Stopped;
                }

                if (!Close(inObject))
                {
                    return false;
                }

                at++;
            }
        }
    }

    /// <summary>Enters a container, unless it is empty.</summary>
    private int Open(int at, bool isObject)
    {
        if (depth == limits.MaxDepth)
        {
            return Stop(at, JsonRules.TooDeep);
        }

        if (!Add(isObject ? FhirKind.Object : FhirKind.Array, at, 1, FhirNodeFlags.None))
        {
            return Stop(at, JsonRules.TooManyNodes);
        }

        at = JsonScan.Space(text, at + 1);
        if (at < text.Length && text[at] == (isObject ? '}' : ']'))
        {
            return at + 1;
        }

        depth++;
        container = youngest;
        youngest = FhirNode.None;
        return at;
    }

    private bool Close(bool isObject)
    {
        if (isObject && duplicates?.FindIn(tape, container) is >= 0 and var twice)
        {
            return Stop(tape.Nodes[twice].NameStart - 1, JsonRules.DuplicateName) != Stopped;
        }

        ref var node = ref tape.Nodes[container];
        node.Last = youngest;
        youngest = container;
        container = node.Parent;
        depth--;
        return true;
    }

    /// <summary>A property name and its colon, up to the value.</summary>
    private int ReadName(int at)
    {
        if (at == text.Length)
        {
            return Stop(at, JsonRules.Truncated);
        }

        if (text[at] != '"')
        {
            return Stop(at, JsonRules.Name);
        }

        var start = at + 1;
        var end = JsonScan.EndOfRun(text, start);
        var escaped = end == text.Length || text[end] != '"';
        if (escaped && (end = Interrupted(end)) == Stopped)
        {
            return Stopped;
        }

        if (end - start > limits.MaxNameBytes)
        {
            return Stop(end + 1, JsonRules.NameTooLong);
        }

        SetName(start, end - start, escaped);
        at = JsonScan.Space(text, end + 1);
        return at == text.Length ? Stop(at, JsonRules.Truncated)
            : text[at] == ':' ? JsonScan.Space(text, at + 1)
            : Stop(at, JsonRules.Name);
    }

    private void SetName(int start, int length, bool escaped)
    {
        var id = escaped ? FhirNode.None : FhirNames.IdOf(text, start, length);
        nameStart = start;
        nameLength = length;
        nameFlags = FhirNodeFlags.None;
        if (id < 0)
        {
            // A sibling, a name with escapes, or one that R4 does not have.
            var plain = escaped ? JsonText.Unescape(text.Slice(start, length)) : text.Slice(start, length);
            var sibling = plain.Length > 1 && plain[0] == '_';
            id = FhirNames.IdOf(sibling ? plain[1..] : plain);
            nameFlags = id >= 0 ? (sibling ? FhirNodeFlags.Sibling : FhirNodeFlags.None) : (escaped ? FhirNodeFlags.NameEscaped : FhirNodeFlags.None);
        }

        name = id >= 0 ? id : FhirNode.NameInText;
    }

    private int ReadString(int at)
    {
        var start = at + 1;
        var end = JsonScan.EndOfRun(text, start);
        var escaped = end == text.Length || text[end] != '"';
        if (escaped && (end = Interrupted(end)) == Stopped)
        {
            return Stopped;
        }

        return Add(FhirKind.String, start, end - start, escaped ? FhirNodeFlags.Escaped : FhirNodeFlags.Clean) ? end + 1 : Stop(at, JsonRules.TooManyNodes);
    }

    /// <summary>A string that does not end where its first run ends: it has escapes, or is broken.</summary>
    private int Interrupted(int at)
    {
        var end = JsonScan.StringEnd(text, at, out var fault);
        return fault is { } broken ? Stop(end, broken) : end;
    }

    /// <summary>A number, a literal, or something that is no value.</summary>
    private int ReadOther(int at, byte first)
    {
        var (kind, length) = first switch
        {
            (byte)'t' => (FhirKind.True, Literal("true"u8, at)),
            (byte)'f' => (FhirKind.False, Literal("false"u8, at)),
            (byte)'n' => (FhirKind.Null, Literal("null"u8, at)),
            _ => (FhirKind.Number, JsonNumber.LengthOf(text[at..])),
        };
        return length == 0 ? Stop(at, kind != FhirKind.Number ? JsonRules.Literal : first is (byte)'-' or (>= (byte)'0' and <= (byte)'9') ? JsonRules.Number : JsonRules.Syntax)
            : length > limits.MaxNumberBytes ? Stop(at, JsonRules.NumberTooLong)
            : Add(kind, at, length, FhirNodeFlags.Clean) ? at + length
            : Stop(at, JsonRules.TooManyNodes);
    }

    private readonly int Literal(ReadOnlySpan<byte> literal, int at) => text[at..].StartsWith(literal) ? literal.Length : 0;

    /// <summary>Puts a value under the container, with the name that waits.</summary>
    /// <returns>False if the tape may hold no more.</returns>
    private bool Add(FhirKind kind, int start, int length, FhirNodeFlags flags)
    {
        if (tape.NodeCount >= limits.MaxNodes)
        {
            return false;
        }

        var index = tape.Take();
        var nodes = tape.Nodes;
        ref var node = ref nodes[index];
        node.Name = name;
        node.NameStart = nameStart;
        node.Start = start;
        node.Length = length;
        node.Parent = container;
        node.Next = FhirNode.None;
        node.First = FhirNode.None;
        node.Last = FhirNode.None;
        node.NameLength = (ushort)nameLength;
        node.Kind = kind;
        node.Flags = flags | nameFlags;
        if (youngest >= 0)
        {
            nodes[youngest].Next = index;
        }
        else if (container >= 0)
        {
            nodes[container].First = index;
        }

        youngest = index;
        name = FhirNode.None;
        nameStart = 0;
        nameLength = 0;
        nameFlags = FhirNodeFlags.None;
        return true;
    }

    private int Stop(int at, (string Rule, string Message) rule)
    {
        FaultOffset = at;
        Fault = rule;
        return Stopped;
    }
}
