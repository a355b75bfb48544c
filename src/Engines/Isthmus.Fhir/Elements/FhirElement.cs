using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Isthmus.Fhir.Elements;

/// <summary>
/// A place in a <see cref="FhirTape"/>: two words, copied freely. The default value is the absent element, on which every
/// question answers "nothing", so that paths can be followed without checks.
/// </summary>
public readonly struct FhirElement : IEquatable<FhirElement>
{
    private readonly FhirTape? tape;
    private readonly int index;

    internal FhirElement(FhirTape tape, int index)
    {
        this.tape = tape;
        this.index = index;
    }

    public bool Exists => tape is not null;

    public FhirKind Kind => tape is null ? FhirKind.None : tape.Nodes[index].Kind;

    /// <summary>The property name as it stands in JSON, without the leading <c>_</c> of a sibling; empty for array items and the root.</summary>
    public ReadOnlySpan<byte> Name => tape is null ? [] : tape.NameOf(index);

    /// <summary>Whether this is the <c>_name</c> property that carries a primitive's id and extensions.</summary>
    public bool IsSibling => tape is not null && (tape.Nodes[index].Flags & FhirNodeFlags.Sibling) != FhirNodeFlags.None;

    /// <summary>The type of a resource, from <c>resourceType</c>; null for any other element.</summary>
    public string? ResourceType => this["resourceType"u8].AsString();

    public FhirElement Parent => tape is null ? default : At(tape, tape.Nodes[index].Parent);

    public FhirElement FirstChild => tape is null ? default : At(tape, tape.Nodes[index].First);

    public FhirElement Next => tape is null ? default : At(tape, tape.Nodes[index].Next);

    /// <summary>Properties of an object, or items of an array.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            for (var child = FirstChild; child.Exists; child = child.Next)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>The property of that name. On an array, the property of its first item, as FHIRPath's <c>first()</c>.</summary>
    public FhirElement this[ReadOnlySpan<byte> name]
    {
        get
        {
            var element = Kind == FhirKind.Array ? FirstChild : this;
            if (element.Kind != FhirKind.Object)
            {
                return default;
            }

            var id = FhirNames.IdOf(name);
            if (id >= 0)
            {
                return At(element.tape!, element.tape!.Find(element.index, id, sibling: false));
            }

            for (var child = element.FirstChild; child.Exists; child = child.Next)
            {
                if (!child.IsSibling && child.Name.SequenceEqual(name))
                {
                    return child;
                }
            }

            return default;
        }
    }

    public FhirElement this[string name] => this[Encoding.UTF8.GetBytes(name)];

    /// <summary>The item of an array.</summary>
    public FhirElement this[int position]
    {
        get
        {
            var child = Kind == FhirKind.Array ? FirstChild : default;
            while (position-- > 0 && child.Exists)
            {
                child = child.Next;
            }

            return child;
        }
    }

    /// <summary>The <c>_name</c> sibling of a primitive property.</summary>
    public FhirElement Sibling
    {
        get
        {
            if (tape is null || tape.Nodes[index].Name < 0 || tape.Nodes[index].Parent < 0)
            {
                return default;
            }

            return At(tape, tape.Find(tape.Nodes[index].Parent, tape.Nodes[index].Name, sibling: true));
        }
    }

    /// <summary>Compares a string's text without making a string of it.</summary>
    public bool TextEquals(ReadOnlySpan<byte> text)
    {
        if (Kind != FhirKind.String)
        {
            return false;
        }

        return (tape!.Nodes[index].Flags & FhirNodeFlags.Escaped) == FhirNodeFlags.None
            ? tape.ValueOf(index).SequenceEqual(text)
            : JsonText.Unescape(tape.ValueOf(index)).AsSpan().SequenceEqual(text);
    }

    /// <summary>A primitive's text, unescaped; empty for anything else. Copies only where the source had escapes.</summary>
    public ReadOnlySpan<byte> Text => Kind switch
    {
        FhirKind.String when (tape!.Nodes[index].Flags & FhirNodeFlags.Escaped) != FhirNodeFlags.None => JsonText.Unescape(tape.ValueOf(index)),
        FhirKind.String or FhirKind.Number => tape!.ValueOf(index),
        FhirKind.True => "true"u8,
        FhirKind.False => "false"u8,
        _ => [],
    };

    /// <summary>A primitive's text; null if the element is absent or not a primitive.</summary>
    public string? AsString() => Kind is FhirKind.String or FhirKind.Number or FhirKind.True or FhirKind.False ? Encoding.UTF8.GetString(Text) : null;

    /// <summary>A number's exact value; null where it does not fit a decimal, in which case <see cref="Text"/> still has it.</summary>
    public decimal? AsDecimal() =>
        Kind == FhirKind.Number && decimal.TryParse(Encoding.UTF8.GetString(Text), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    public bool? AsBoolean() => Kind switch { FhirKind.True => true, FhirKind.False => false, _ => null };

    public int? AsInteger() => Kind == FhirKind.Number && Utf8Parser.TryParse(Text, out int value, out var used) && used == Text.Length ? value : null;

    /// <summary>Children in order, for <c>foreach</c>.</summary>
    public ChildEnumerator GetEnumerator() => new(FirstChild);

    /// <summary>Where the element began in the bytes it was read from; for tapes that were built, (1, 1).</summary>
    public JsonPosition Position => tape is null ? default : JsonPosition.Of(tape.Text.AsSpan(0, tape.TextLength), tape.Nodes[index].Start - (Kind == FhirKind.String ? 1 : 0));

    /// <summary>Kind and size; never content, which is PHI.</summary>
    public override string ToString() => Exists ? $"FhirElement({Kind}, {(Kind is FhirKind.Object or FhirKind.Array ? Count : tape!.Nodes[index].Length)})" : "FhirElement(absent)";

    public bool Equals(FhirElement other) => ReferenceEquals(tape, other.tape) && index == other.index;

    public override bool Equals(object? obj) => obj is FhirElement other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(tape, index);

    public static bool operator ==(FhirElement left, FhirElement right) => left.Equals(right);

    public static bool operator !=(FhirElement left, FhirElement right) => !left.Equals(right);

    internal FhirTape? Tape => tape;

    internal int Index => index;

    private static FhirElement At(FhirTape tape, int index) => index < 0 ? default : new FhirElement(tape, index);

    /// <summary>Walks the children of an element without allocating.</summary>
    public struct ChildEnumerator
    {
        private FhirElement next;

        internal ChildEnumerator(FhirElement first) => next = first;

        public FhirElement Current { get; private set; }

        public bool MoveNext()
        {
            Current = next;
            next = next.Next;
            return Current.Exists;
        }
    }
}
