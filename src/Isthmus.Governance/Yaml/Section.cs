using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isthmus.Governance.Yaml;

internal delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>
/// Reads one map by asking for its keys. A missing or malformed value becomes a fault and a harmless default, so that
/// reading goes on and every fault is found in one pass; a model with faults is never returned by the loader.
/// </summary>
internal sealed class Section(YamlFile file, YamlMap map, string trail)
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public int Line => map.Line;

    public int LineOf(string key) => map.Entries.TryGetValue(key, out var node) ? node.Line : map.Line;

    public bool Has(string key) => map.Entries.ContainsKey(key);

    public void Fault(string key, string rule, string text) => file.Fault(LineOf(key), rule, text);

    /// <param name="why">Ends the sentence "`key` is missing: it …".</param>
    public string Text(string key, string why) => Find(key, why) is { } node ? TextOf(key, node) ?? string.Empty : string.Empty;

    public string? OptionalText(string key) => Find(key) is { } node ? TextOf(key, node) : null;

    public T Value<T>(string key, string why, TryRead<T> read, string expected) =>
        Find(key, why) is { } node && TextOf(key, node) is { } text && Parse(key, text, read, expected, out var value) ? value : default!;

    public T ValueOr<T>(string key, T otherwise, TryRead<T> read, string expected) =>
        Find(key) is { } node && TextOf(key, node) is { } text && Parse(key, text, read, expected, out var value) ? value : otherwise;

    /// <summary>Null when the key is absent or malformed; the latter is a fault.</summary>
    public T? Optional<T>(string key, TryRead<T> read, string expected)
        where T : struct
    {
        var value = default(T);
        var good = Find(key) is { } node && TextOf(key, node) is { } text && Parse(key, text, read, expected, out value);
        return good ? value : null;
    }

    public bool Flag(string key, bool otherwise) => ValueOr(key, otherwise, bool.TryParse, "true or false");

    public int Number(string key, string why, int min, int max) => InRange(key, Value<int>(key, why, TryInteger, Numbers(min, max)), min, max);

    public int Number(string key, int otherwise, int min, int max) => InRange(key, ValueOr(key, otherwise, TryInteger, Numbers(min, max)), min, max);

    public T Choice<T>(string key, string why)
        where T : struct, Enum => Value<T>(key, why, Choices<T>.TryParse, Choices<T>.Names);

    public T Choice<T>(string key, T otherwise)
        where T : struct, Enum => ValueOr(key, otherwise, Choices<T>.TryParse, Choices<T>.Names);

    /// <summary>A list of texts; a single text stands for a list of one.</summary>
    public IReadOnlyList<string> Texts(string key, string? why = null)
    {
        var texts = new List<string>();
        foreach (var node in Items(key, why))
        {
            if (TextOf(key, node) is { Length: > 0 } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    public IReadOnlyList<T> Values<T>(string key, string? why, TryRead<T> read, string expected)
    {
        var values = new List<T>();
        foreach (var node in Items(key, why))
        {
            if (TextOf(key, node) is not { } text)
            {
                continue;
            }

            if (read(text, out var value))
            {
                values.Add(value);
            }
            else
            {
                file.Fault(node.Line, SiteRules.Value, $"`{text}` in `{trail}{key}` is not {expected}.");
            }
        }

        return values;
    }

    /// <summary>A map below a key; an empty one when it is missing, which is then already a fault.</summary>
    public Section Sub(string key, string why) => OptionalSub(key, why) ?? file.Open(new YamlMap(map.Line, []), $"{trail}{key}.");

    public Section? OptionalSub(string key, string? why = null) => Find(key, why) is { } node ? MapOf(key, node, $"{trail}{key}.") : null;

    /// <summary>A list of maps below a key.</summary>
    public IReadOnlyList<Section> Each(string key, string? why = null)
    {
        var found = Find(key, why);
        if (found is null)
        {
            return [];
        }

        if (found is not YamlList list)
        {
            Fault(key, SiteRules.Type, $"`{trail}{key}` must be a list.");
            return [];
        }

        return [.. list.Items.Select(node => MapOf(key, node, $"{trail}{key}[].")).OfType<Section>()];
    }

    /// <summary>A map of maps below a key, by name.</summary>
    public IReadOnlyList<(string Name, Section Section)> Named(string key, string why)
    {
        var found = new List<(string, Section)>();
        if (Find(key, why) is not { } node)
        {
            return found;
        }

        if (node is not YamlMap names)
        {
            Fault(key, SiteRules.Type, $"`{trail}{key}` must be a map of names.");
            return found;
        }

        foreach (var (name, value) in names.Entries)
        {
            if (MapOf($"{key}.{name}", value, $"{trail}{key}.*.") is { } section)
            {
                found.Add((name, section));
            }
        }

        return found;
    }

    /// <summary>A map of texts below a key.</summary>
    public IReadOnlyList<(string Name, string Text, int Line)> Pairs(string key, string? why = null)
    {
        var pairs = new List<(string, string, int)>();
        if (Find(key, why) is not { } node)
        {
            return pairs;
        }

        if (node is not YamlMap names)
        {
            Fault(key, SiteRules.Type, $"`{trail}{key}` must be a map of names to values.");
            return pairs;
        }

        foreach (var (name, value) in names.Entries)
        {
            if (TextOf($"{key}.{name}", value) is { } text)
            {
                pairs.Add((name, text, value.Line));
            }
        }

        return pairs;
    }

    public void ReportUnknown()
    {
        foreach (var (key, node) in map.Entries)
        {
            if (asked.Contains(key))
            {
                continue;
            }

            file.Fault(node.Line, SiteRules.Unknown, $"`{trail}{key}` is not known here.{Nearest.Hint(key, asked)}");
        }
    }

    private IEnumerable<YamlNode> Items(string key, string? why) => Find(key, why) switch
    {
        null => [],
        YamlList list => list.Items,
        { } single => [single],
    };

    private YamlNode? Find(string key, string? why = null)
    {
        asked.Add(key);
        file.Asked.Add(trail + key);
        if (map.Entries.TryGetValue(key, out var node))
        {
            return node;
        }

        if (why is not null)
        {
            file.Fault(map.Line, SiteRules.Missing, $"`{trail}{key}` is missing: it {why}.");
        }

        return null;
    }

    private string? TextOf(string key, YamlNode node)
    {
        if (node is YamlText text && text.Value.Trim() is { Length: > 0 } value && !IsNull(text))
        {
            if (value is ['<', .., '>'])
            {
                file.Fault(node.Line, SiteRules.Placeholder, $"`{trail}{key}` is still to be filled in.");
            }

            return value;
        }

        file.Fault(node.Line, SiteRules.Type, node is YamlText
            ? $"`{trail}{key}` is empty; leave the key out or give it a value."
            : $"`{trail}{key}` must be a single value.");
        return null;
    }

    /// <summary>What YAML writes for nothing; in quotes it is text.</summary>
    private static bool IsNull(YamlText text) => !text.Quoted && text.Value.Trim() is ("~" or "null" or "Null" or "NULL");

    private Section? MapOf(string key, YamlNode node, string below)
    {
        if (node is YamlMap inner)
        {
            return file.Open(inner, below);
        }

        file.Fault(node.Line, SiteRules.Type, $"`{trail}{key}` must hold keys and values.");
        return null;
    }

    private bool Parse<T>(string key, string text, TryRead<T> read, string expected, [MaybeNullWhen(false)] out T value)
    {
        var good = read(text, out value);
        if (!good)
        {
            Fault(key, SiteRules.Value, $"`{text}` in `{trail}{key}` is not {expected}.");
        }

        return good;
    }

    private int InRange(string key, int value, int min, int max)
    {
        // An absent key has had its fault already.
        if (Has(key) && (value < min || value > max))
        {
            Fault(key, SiteRules.Value, $"`{trail}{key}` must be {Numbers(min, max)}.");
        }

        return value;
    }

    private static string Numbers(int min, int max) => max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}";

    private static bool TryInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
