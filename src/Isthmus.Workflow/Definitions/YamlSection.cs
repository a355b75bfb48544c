using System.Globalization;
using Isthmus.Exchange;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Workflow.Definitions;

/// <summary>
/// One map of a workflow file, read key by key. What is missing or malformed becomes a fault and a harmless default, so
/// that every fault of a file is found in one pass; a key that nobody asked for is a fault too, for it means something
/// that its writer relies on.
/// </summary>
internal sealed class YamlSection(string path, YamlMappingNode map, string trail, ICollection<SiteFault> faults)
{
    private static readonly (string Unit, TimeSpan Span)[] Durations =
    [
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public int Line => (int)map.Start.Line;

    public int LineOf(string key) => Peek(key) is { } node ? (int)node.Start.Line : Line;

    public void Fault(int line, string rule, string text) => faults.Add(new SiteFault(path, line, rule, text));

    public void Fault(string key, string rule, string text) => Fault(LineOf(key), rule, text);

    /// <param name="why">Ends the sentence "`key` is missing: it …".</param>
    public string Text(string key, string why)
    {
        if (OptionalText(key) is { } text)
        {
            return text;
        }

        if (Peek(key) is null)
        {
            Fault(Line, WorkflowRules.Missing, $"`{trail}{key}` is missing: it {why}.");
        }

        return "";
    }

    public string? OptionalText(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode { Value: { Length: > 0 } value })
        {
            return value.Trim();
        }

        Fault(key, WorkflowRules.Value, $"`{trail}{key}` must be a single value.");
        return null;
    }

    public bool Flag(string key)
    {
        var text = OptionalText(key);
        if (text is not (null or "true" or "false"))
        {
            Fault(key, WorkflowRules.Value, $"`{trail}{key}` must be true or false.");
        }

        return text == "true";
    }

    /// <summary>A duration such as 30s, 15m, 4h or 2d; more than nothing.</summary>
    public TimeSpan? Duration(string key)
    {
        if (OptionalText(key) is not { } text)
        {
            return null;
        }

        foreach (var (unit, span) in Durations)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count is > 0 and < 100_000)
            {
                return span * count;
            }
        }

        Fault(key, WorkflowRules.Value, $"`{trail}{key}` must be a duration such as 30s, 15m, 4h or 2d.");
        return null;
    }

    public IReadOnlyList<string> Texts(string key)
    {
        var texts = new List<string>();
        foreach (var node in Items(key))
        {
            if (node is YamlScalarNode { Value: { Length: > 0 } value })
            {
                texts.Add(value.Trim());
            }
            else
            {
                Fault((int)node.Start.Line, WorkflowRules.Value, $"`{trail}{key}` must be a list of single values.");
            }
        }

        return texts;
    }

    /// <summary>The maps in the list below a key.</summary>
    public IEnumerable<YamlSection> Each(string key)
    {
        foreach (var node in Items(key))
        {
            if (Open(node, $"{trail}{key}[].") is { } section)
            {
                yield return section;
            }
        }
    }

    /// <summary>The maps below a key, by name.</summary>
    public IEnumerable<(string Name, YamlSection Section)> Named(string key)
    {
        if (Find(key) is not { } node)
        {
            yield break;
        }

        if (node is not YamlMappingNode names)
        {
            Fault(key, WorkflowRules.Value, $"`{trail}{key}` must hold names.");
            yield break;
        }

        foreach (var (name, value) in names)
        {
            if (Open(value, $"{trail}{key}.{name}.") is { } section)
            {
                yield return (name.ToString(), section);
            }
        }
    }

    /// <summary>The map below a key; an empty one, and a fault, when there is none.</summary>
    public YamlSection Sub(string key, string why)
    {
        if (Find(key) is { } node)
        {
            return Open(node, $"{trail}{key}.") ?? new YamlSection(path, [], $"{trail}{key}.", []);
        }

        Fault(Line, WorkflowRules.Missing, $"`{trail}{key}` is missing: it {why}.");
        return new YamlSection(path, [], $"{trail}{key}.", []);
    }

    /// <summary>Call when all of the section has been read.</summary>
    public void Close()
    {
        foreach (var (key, value) in map)
        {
            if (!asked.Contains(key.ToString()))
            {
                Fault((int)key.Start.Line, WorkflowRules.Unknown, $"`{trail}{key}` is not known here; known are {string.Join(", ", asked)}.");
            }
        }
    }

    private YamlSection? Open(YamlNode node, string below)
    {
        if (node is YamlMappingNode inner)
        {
            return new YamlSection(path, inner, below, faults);
        }

        Fault((int)node.Start.Line, WorkflowRules.Value, $"`{below.TrimEnd('.')}` must hold keys and values.");
        return null;
    }

    private IEnumerable<YamlNode> Items(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => list.Children,
        { } single => [single],
    };

    private YamlNode? Find(string key)
    {
        asked.Add(key);
        return Peek(key);
    }

    private YamlNode? Peek(string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;
}
