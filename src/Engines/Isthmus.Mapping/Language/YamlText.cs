using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Language;

/// <summary>One YAML file as nodes that know their line, and the faults met on the way.</summary>
internal sealed class YamlText(string path, List<MapFault> faults)
{
    /// <summary>A message map's groups stand a dozen deep.</summary>
    private const int MostNesting = 64;

    public string Path => path;

    /// <summary>The file's mapping; null, with a fault, if it is not one.</summary>
    public YamlMappingNode? Read(ReadOnlyMemory<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes.Span);
        try
        {
            if (LineTooDeep(text) is var line and > 0)
            {
                Fault(line, MapRules.Yaml, "The file nests too deeply here; a bracket or brace may not be closed.");
                return null;
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return root;
            }

            Fault(1, MapRules.Yaml, "A map file holds one YAML mapping.");
        }
        catch (YamlException failure)
        {
            Fault((int)failure.Start.Line, MapRules.Yaml, $"This is not YAML: {failure.Message}");
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner ends like this at a few characters where no value can begin.
            Fault(1, MapRules.Yaml, "This is not YAML: a value or a closing bracket is missing.");
        }

        return null;
    }

    /// <summary>The line where the file nests deeper than any map does, or 0: loading recurses, and a stack that overflows ends the process.</summary>
    private static int LineTooDeep(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MostNesting && parser.Current.NestingIncrease > 0)
            {
                return (int)parser.Current.Start.Line;
            }
        }

        return 0;
    }

    public void Fault(int line, string rule, string message) => faults.Add(new MapFault(path, line, rule, message));

    public void Fault(YamlNode at, string rule, string message) => Fault(LineOf(at), rule, message);

    public static int LineOf(YamlNode node) => (int)node.Start.Line;

    public TextPlace PlaceOf(YamlNode node) => new(path, LineOf(node));

    public static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    /// <summary>A single text; null where there is none, with a fault where something else stands in its place.</summary>
    public string? Text(YamlMappingNode node, string key)
    {
        if (Child(node, key) is { } child and not YamlScalarNode)
        {
            Fault(child, MapRules.Yaml, $"'{key}:' is a single text here, no list and no mapping.");
        }

        return Child(node, key) is YamlScalarNode { Value: { Length: > 0 } value } ? value : null;
    }

    /// <summary>true or false; false where nothing is said.</summary>
    public bool Flag(YamlMappingNode node, string key, bool unsaid = false)
    {
        var text = Text(node, key);
        if (text is not (null or "true" or "false"))
        {
            Fault(Child(node, key)!, MapRules.Yaml, $"'{key}:' is true or false.");
        }

        return text is null ? unsaid : text == "true";
    }

    /// <summary>A text that must be there.</summary>
    public string Required(YamlMappingNode node, string key)
    {
        if (Text(node, key) is { } value)
        {
            return value;
        }

        if (Child(node, key) is null or YamlScalarNode)
        {
            Fault(node, MapRules.MissingKey, $"'{key}:' is missing here.");
        }

        return string.Empty;
    }

    /// <summary>A text or a list of texts; a comma in a single one separates.</summary>
    public IReadOnlyList<string> Texts(YamlMappingNode node, string key) =>
        Child(node, key) is YamlScalarNode { Value: { } one } ? one.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : Listed(node, key);

    /// <summary>A text or a list of texts, in which a comma is a character like others.</summary>
    public IReadOnlyList<string> Listed(YamlMappingNode node, string key)
    {
        var texts = new List<string>();
        foreach (var item in Child(node, key) switch { YamlSequenceNode many => many.Children, { } one => [one], null => [] })
        {
            if (item is not YamlScalarNode text)
            {
                Fault(item, MapRules.Yaml, $"'{key}:' is a text or a list of texts.");
            }
            else if (text.Value is { Length: > 0 } value)
            {
                texts.Add(value);
            }
        }

        return texts;
    }

    /// <summary>The items of a list; nothing, with a fault, where something else stands in its place.</summary>
    public IEnumerable<YamlNode> List(YamlMappingNode node, string key)
    {
        switch (Child(node, key))
        {
            case YamlSequenceNode many:
                return many.Children;
            case null or YamlScalarNode { Value: null or "" }:
                return [];
            case var other:
                Fault(other, MapRules.Yaml, $"'{key}:' is a list.");
                return [];
        }
    }

    public IEnumerable<YamlMappingNode> Items(YamlMappingNode node, string key)
    {
        foreach (var item in List(node, key))
        {
            if (item is YamlMappingNode mapping)
            {
                yield return mapping;
            }
            else
            {
                Fault(item, MapRules.Yaml, $"Each item of '{key}:' is a mapping.");
            }
        }
    }

    public void AllowOnly(YamlMappingNode node, params ReadOnlySpan<string> keys)
    {
        foreach (var (key, _) in node.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? string.Empty;
            if (!keys.Contains(name))
            {
                Fault(key, MapRules.UnknownKey, $"'{name}:' is not a word of the map language here; known are {string.Join(", ", keys!)}.");
            }
        }
    }
}
