using System.Text.Json;
using System.Text.Unicode;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>
/// Walks through one JSON object in which every name stands once, at every level: of two <c>alg</c> or two <c>sub</c> one reader
/// takes the first and another the last, and whoever wrote them knew which. Builds no document.
/// </summary>
/// <remarks>Malformed content ends the walk and sets <see cref="IsFaulty"/>; ask it when <see cref="Next"/> has said false.</remarks>
public ref struct StrictObject
{
    private const double FurthestSecond = 253_402_300_799; // the last of the year 9999

    private readonly ReadOnlySpan<byte> utf8;
    private readonly string[] known;
    private Utf8JsonReader reader;
    private HashSet<string>? strange;
    private ulong met;
    private bool begun;
    private bool atValue;

    /// <param name="utf8">The object, and nothing after it.</param>
    /// <param name="depth">How deep values may nest, the object itself included.</param>
    /// <param name="known">At most 64 names that the caller asks for; they are handed out without being copied.</param>
    public StrictObject(ReadOnlySpan<byte> utf8, int depth, string[] known)
    {
        this.utf8 = utf8;
        this.known = known;
        reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = depth });
        IsFaulty = !Utf8.IsValid(utf8);
    }

    public bool IsFaulty { get; private set; }

    /// <summary>The next name; what was not taken of the value before it is passed over.</summary>
    public bool Next(out string name)
    {
        name = string.Empty;
        if (IsFaulty)
        {
            return false;
        }

        try
        {
            return TryNext(out name);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader's words for malformed JSON, and for text that is no Unicode.
            IsFaulty = true;
            return false;
        }
    }

    /// <summary>The value, which must be a text, without NUL: no store keeps that, and some readers end at it.</summary>
    public string Text()
    {
        atValue = false;
        if (reader.TokenType == JsonTokenType.String)
        {
            try
            {
                var text = reader.GetString()!;
                return reader.ValueIsEscaped && text.Contains('\0', StringComparison.Ordinal) ? Fault(string.Empty) : text;
            }
            catch (InvalidOperationException)
            {
                // Half of a surrogate pair.
            }
        }

        return Fault(string.Empty);
    }

    public readonly bool IsText => reader.TokenType == JsonTokenType.String;

    /// <summary>The value, which must be a NumericDate (RFC 7519 section 2): seconds since 1970; parts of a second are cut off.</summary>
    public long Seconds()
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            return Fault(0L);
        }

        atValue = false;
        return reader.TryGetDouble(out var seconds) && Math.Abs(seconds) <= FurthestSecond ? (long)Math.Floor(seconds) : Fault(0L);
    }

    public bool Flag()
    {
        atValue = false;
        return reader.TokenType is JsonTokenType.True || (reader.TokenType is not JsonTokenType.False && Fault(false));
    }

    /// <summary>The value as it stands in the text; held to the same strictness.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        var start = (int)reader.TokenStartIndex;
        try
        {
            PassOver();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            IsFaulty = true;
            return [];
        }

        return utf8[start..(int)reader.BytesConsumed];
    }

    private bool TryNext(out string name)
    {
        name = string.Empty;
        if (!begun)
        {
            begun = true;
            IsFaulty = !reader.Read() || reader.TokenType != JsonTokenType.StartObject;
        }
        else if (atValue)
        {
            PassOver();
        }

        if (IsFaulty || !reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.EndObject)
        {
            // Throws when anything but whitespace follows.
            reader.Read();
            return false;
        }

        name = NameOnce();
        reader.Read();
        atValue = true;
        return !IsFaulty;
    }

    private string NameOnce()
    {
        for (var i = 0; i < known.Length; i++)
        {
            if (reader.ValueTextEquals(known[i]))
            {
                IsFaulty |= (met & (1UL << i)) != 0;
                met |= 1UL << i;
                return known[i];
            }
        }

        var name = reader.GetString()!;
        IsFaulty |= !(strange ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);
        return name;
    }

    private void PassOver()
    {
        atValue = false;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        var open = new Stack<HashSet<string>?>();
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.StartArray:
                    open.Push(null);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    IsFaulty |= !open.Peek()!.Add(reader.GetString()!);
                    break;
                default:
                    break;
            }
        }
        while (open.Count > 0 && reader.Read());
    }

    private T Fault<T>(T value)
    {
        IsFaulty = true;
        return value;
    }
}
