using System.Numerics;
using System.Runtime.Intrinsics;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>One pass over one text (RFC 8259). No recursion: the nesting is the tape's own parent links, so depth costs no stack.</summary>
internal ref struct JsonParser
{
    private readonly ReadOnlySpan<byte> text;
    private readonly FhirJsonLimits limits;
    private readonly DuplicateNames? duplicates;
    private int at;
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
    private (string Rule, string Message) fault;

    public JsonParser(FhirTape tape, FhirJsonLimits limits, bool duplicatesAllowed)
    {
        Tape = tape;
        text = tape.Text.AsSpan(0, tape.TextLength);
        this.limits = limits;
        duplicates = duplicatesAllowed ? null : DuplicateNames.OfThread;
    }

    public FhirTape Tape { get; }

    /// <summary>Where the reading stopped.</summary>
    public readonly int Offset => at;

    public bool Run(out (string Rule, string Message) rule)
    {
        if (text.StartsWith("\uFEFF"u8))
        {
            at = 3;
        }

        var read = ReadAll();
        rule = fault;
        return read;
    }

    private bool ReadAll()
    {
        while (true)
        {
            if (!ReadValue(out var opened))
            {
                return false;
            }

            // After a whole value: close what ends here, until a comma asks for another value or the document is done.
            while (!opened)
            {
                SkipSpace();
                if (container < 0)
                {
                    return at == text.Length || Fail(JsonRules.Trailing);
                }

                if (at == text.Length)
                {
                    return Fail(JsonRules.Truncated);
                }

                var isObject = Tape.Nodes[container].Kind == FhirKind.Object;
                if (text[at] == ',')
                {
                    at++;
                    if (isObject && !ReadName())
                    {
                        return false;
                    }

                    break;
                }

                if (text[at] != (isObject ? '}' : ']'))
                {
                    return Fail(JsonRules.Syntax);
                }

                if (isObject && duplicates?.FindIn(Tape, container) is >= 0 and var twice)
                {
                    at = Tape.Nodes[twice].NameStart - 1;
                    return Fail(JsonRules.DuplicateName);
                }

                at++;
                depth--;
                Tape.Nodes[container].Last = youngest;
                youngest = container;
                container = Tape.Nodes[container].Parent;
            }
        }
    }

    /// <summary>Reads a scalar or an empty container whole, or enters a container that has content.</summary>
    private bool ReadValue(out bool opened)
    {
        opened = false;
        SkipSpace();
        if (at == text.Length)
        {
            return Fail(JsonRules.Truncated);
        }

        if (Tape.NodeCount >= limits.MaxNodes)
        {
            return Fail(JsonRules.TooManyNodes);
        }

        switch (text[at])
        {
            case (byte)'{': return Open(FhirKind.Object, (byte)'}', out opened);
            case (byte)'[': return Open(FhirKind.Array, (byte)']', out opened);
            case (byte)'"':
                return ReadString(out var start, out var length, out var escaped)
                    && Scalar(FhirKind.String, start, length, escaped ? FhirNodeFlags.Escaped : FhirNodeFlags.Clean);
            case (byte)'t': return ReadLiteral("true"u8, FhirKind.True);
            case (byte)'f': return ReadLiteral("false"u8, FhirKind.False);
            case (byte)'n': return ReadLiteral("null"u8, FhirKind.Null);
            default: return ReadNumber();
        }
    }

    private bool Open(FhirKind kind, byte closing, out bool opened)
    {
        opened = false;
        if (++depth > limits.MaxDepth)
        {
            return Fail(JsonRules.TooDeep);
        }

        Scalar(kind, at, 1, FhirNodeFlags.None);
        var node = Tape.NodeCount - 1;
        at++;
        SkipSpace();
        if (at < text.Length && text[at] == closing)
        {
            at++;
            depth--;
            return true;
        }

        container = node;
        youngest = FhirNode.None;
        opened = true;
        return kind == FhirKind.Array || ReadName();
    }

    private bool ReadName()
    {
        SkipSpace();
        if (at == text.Length)
        {
            return Fail(JsonRules.Truncated);
        }

        if (text[at] != '"')
        {
            return Fail(JsonRules.Name);
        }

        if (!ReadString(out var start, out var length, out var escaped))
        {
            return false;
        }

        if (length > limits.MaxNameBytes)
        {
            return Fail(JsonRules.NameTooLong);
        }

        SetName(start, length, escaped);
        SkipSpace();
        if (at == text.Length)
        {
            return Fail(JsonRules.Truncated);
        }

        return text[at++] == ':' || Fail(JsonRules.Name, -1);
    }

    private void SetName(int start, int length, bool escaped)
    {
        var plain = escaped ? JsonText.Unescape(text.Slice(start, length)) : text.Slice(start, length);
        var sibling = plain.Length > 1 && plain[0] == '_';
        var id = FhirNames.IdOf(sibling ? plain[1..] : plain);
        name = id >= 0 ? id : FhirNode.NameInText;
        nameStart = start;
        nameLength = length;
        nameFlags = id >= 0 ? (sibling ? FhirNodeFlags.Sibling : FhirNodeFlags.None) : (escaped ? FhirNodeFlags.NameEscaped : FhirNodeFlags.None);
    }

    private bool ReadString(out int start, out int length, out bool escaped)
    {
        start = ++at;
        length = 0;
        escaped = false;
        while (true)
        {
            at = EndOfRun(at);
            if (at == text.Length)
            {
                return Fail(JsonRules.Truncated);
            }

            switch (text[at])
            {
                case (byte)'"':
                    length = at - start;
                    at++;
                    return true;
                case (byte)'\\':
                    escaped = true;
                    if (!SkipEscape())
                    {
                        return false;
                    }

                    break;
                default:
                    return Fail(JsonRules.Control);
            }
        }
    }

    /// <summary>The first byte from here that ends or interrupts a string. Most strings end within one vector.</summary>
    private readonly int EndOfRun(int from)
    {
        if (Vector256.IsHardwareAccelerated && text.Length - from >= Vector256<byte>.Count)
        {
            var bytes = Vector256.Create(text.Slice(from, Vector256<byte>.Count));
            var marks = Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1F)), bytes);
            if (marks != Vector256<byte>.Zero)
            {
                return from + BitOperations.TrailingZeroCount(marks.ExtractMostSignificantBits());
            }

            from += Vector256<byte>.Count;
        }

        var run = text[from..].IndexOfAny(JsonText.MustEscape);
        return run < 0 ? text.Length : from + run;
    }

    private bool SkipEscape()
    {
        if (at + 1 >= text.Length)
        {
            return Fail(JsonRules.Truncated);
        }

        if (text[at + 1] != 'u')
        {
            at += 2;
            return "\"\\/bfnrt"u8.Contains(text[at - 1]) || Fail(JsonRules.Escape, -2);
        }

        var unit = JsonText.Hex4(text[(at + 2)..]);
        if (unit < 0)
        {
            return Fail(JsonRules.Escape);
        }

        if (char.IsLowSurrogate((char)unit))
        {
            return Fail(JsonRules.Surrogate);
        }

        if (char.IsHighSurrogate((char)unit))
        {
            var rest = text[(at + 6)..];
            if (!rest.StartsWith("\\u"u8) || JsonText.Hex4(rest[2..]) is var low && (low < 0 || !char.IsLowSurrogate((char)low)))
            {
                return Fail(JsonRules.Surrogate);
            }

            at += 6;
        }

        at += 6;
        return true;
    }

    private bool ReadLiteral(ReadOnlySpan<byte> literal, FhirKind kind)
    {
        if (!text[at..].StartsWith(literal))
        {
            return Fail(JsonRules.Literal);
        }

        Scalar(kind, at, literal.Length, FhirNodeFlags.Clean);
        at += literal.Length;
        return true;
    }

    private bool ReadNumber()
    {
        var length = JsonNumber.LengthOf(text[at..]);
        if (length == 0)
        {
            return Fail(text[at] is (byte)'-' or (>= (byte)'0' and <= (byte)'9') ? JsonRules.Number : JsonRules.Syntax);
        }

        if (length > limits.MaxNumberBytes)
        {
            return Fail(JsonRules.NumberTooLong);
        }

        Scalar(FhirKind.Number, at, length, FhirNodeFlags.Clean);
        at += length;
        return true;
    }

    private bool Scalar(FhirKind kind, int start, int length, FhirNodeFlags flags)
    {
        var index = Tape.Take();
        var nodes = Tape.Nodes;
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

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }
    }

    private bool Fail((string Rule, string Message) rule, int back = 0)
    {
        at += back;
        fault = rule;
        return false;
    }
}
