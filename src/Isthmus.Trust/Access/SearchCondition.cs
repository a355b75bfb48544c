using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Isthmus.Trust.Access;

/// <summary>
/// One condition of a granular scope: a search parameter, and the values of which one must match
/// (<c>category=laboratory,vital-signs</c>).
/// </summary>
public sealed class SearchCondition : IEquatable<SearchCondition>, IComparable<SearchCondition>
{
    public const int MostValues = 16;

    private static readonly HashSet<string> OfEveryType = new(StringComparer.Ordinal) { "_id", "_lastUpdated", "_tag", "_profile", "_security", "_source" };

    private readonly string text;

    private SearchCondition(string name, string modifier, IReadOnlyList<string> values)
    {
        (Name, Modifier, Values) = (name, modifier, values);
        text = Write();
    }

    /// <summary>The search parameter's code, e.g. <c>category</c>.</summary>
    public string Name { get; }

    /// <summary>With its colon, e.g. <c>:in</c>; or empty.</summary>
    public string Modifier { get; }

    /// <summary>Distinct, in ordinal order, percent-decoded, with FHIR's own escapes (<c>\,</c>) as written.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether the parameter exists on resources of every type.</summary>
    public bool IsOfEveryType => OfEveryType.Contains(Name);

    /// <summary>Reads <c>name[:modifier]=value[,value…]</c>; null when it is anything else, such as a chain or a parameter that shapes the answer.</summary>
    public static SearchCondition? Parse(ReadOnlySpan<char> text)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0 || Decode(text[..equals]) is not { } key || Decode(text[(equals + 1)..]) is not { Length: > 0 } value)
        {
            return null;
        }

        var colon = key.IndexOf(':', StringComparison.Ordinal);
        var (name, modifier) = colon < 0 ? (key, string.Empty) : (key[..colon], key[colon..]);
        var known = name.StartsWith('_') ? OfEveryType.Contains(name) : IsWord(name);
        var values = SplitValues(value);
        return known && (modifier.Length == 0 || IsWord(modifier.AsSpan(1))) && values.Count <= MostValues && values.TrueForAll(v => v.Length > 0)
            ? new SearchCondition(name, modifier, [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])
            : null;
    }

    /// <summary>
    /// Whether everything that meets <paramref name="narrower"/> meets this. Only where the values are alternatives can fewer of them
    /// be told to be narrower; a modifier such as <c>:not</c> may turn that round, so with one they must be the same.
    /// </summary>
    public bool IsImpliedBy(SearchCondition narrower) =>
        Name == narrower.Name && Modifier == narrower.Modifier
        && (Modifier.Length == 0 ? narrower.Values.All(v => Values.Contains(v, StringComparer.Ordinal)) : Values.SequenceEqual(narrower.Values));

    public bool Equals(SearchCondition? other) => other is not null && text == other.text;

    public override bool Equals(object? obj) => Equals(obj as SearchCondition);

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    public int CompareTo(SearchCondition? other) => string.CompareOrdinal(text, other?.text);

    public override string ToString() => text;

    public static bool operator ==(SearchCondition? left, SearchCondition? right) => Equals(left, right);

    public static bool operator !=(SearchCondition? left, SearchCondition? right) => !Equals(left, right);

    public static bool operator <(SearchCondition left, SearchCondition right) => left.CompareTo(right) < 0;

    public static bool operator <=(SearchCondition left, SearchCondition right) => left.CompareTo(right) <= 0;

    public static bool operator >(SearchCondition left, SearchCondition right) => left.CompareTo(right) > 0;

    public static bool operator >=(SearchCondition left, SearchCondition right) => left.CompareTo(right) >= 0;

    private static bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }
        }

        return text.Length is > 0 and <= 64;
    }

    /// <summary>Null for a broken escape, for bytes that are no UTF-8, and for control characters, which have no place in a search.</summary>
    private static string? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAscii(text[i]))
            {
                return null;
            }

            if (text[i] != '%')
            {
                bytes.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                return null;
            }

            bytes.Add(escaped);
            i += 2;
        }

        var utf8 = CollectionsMarshal.AsSpan(bytes);
        return Utf8.IsValid(utf8) && !bytes.Exists(b => b is < 0x20 or 0x7F) ? Encoding.UTF8.GetString(utf8) : null;
    }

    /// <summary>Splits at commas that are not escaped (R4 search.html, escaping search parameters).</summary>
    private static List<string> SplitValues(string text)
    {
        var values = new List<string>();
        var value = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',')
            {
                values.Add(value.ToString());
                value.Clear();
                continue;
            }

            value.Append(text[i]);
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                value.Append(text[++i]);
            }
        }

        values.Add(value.ToString());
        return values;
    }

    private string Write() => $"{Name}{Modifier}={string.Join(',', Values.Select(Encode))}";

    /// <summary>Scope tokens hold neither spaces, quotes nor backslashes (RFC 6749 §3.3), and &amp; ends a condition.</summary>
    private static string Encode(string value) =>
        Uri.EscapeDataString(value).Replace("%7C", "|", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal).Replace("%2C", ",", StringComparison.Ordinal);
}
