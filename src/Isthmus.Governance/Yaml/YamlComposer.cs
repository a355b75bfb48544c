using System.Text;
using Isthmus.Exchange;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Isthmus.Governance.Yaml;

/// <summary>
/// Bytes of one YAML file to nodes with lines. Stricter than YAML: one document, text keys, no aliases
/// (they hide what a reviewer approves), no duplicate keys, bounded depth.
/// </summary>
internal sealed class YamlComposer
{
    /// <summary>The deepest site file nests five levels; the bound keeps recursion off the end of the stack.</summary>
    public const int MaxDepth = 24;

    private readonly string path;
    private readonly List<SiteFault> faults;
    private readonly Parser parser;

    private YamlComposer(string path, TextReader text, List<SiteFault> faults)
    {
        this.path = path;
        this.faults = faults;
        parser = new Parser(text);
    }

    /// <summary>The root map, or null when the file cannot be read as one; faults say why.</summary>
    public static YamlMap? Compose(string path, ReadOnlyMemory<byte> bytes, List<SiteFault> faults)
    {
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            faults.Add(new SiteFault(path, 1, SiteRules.Syntax, "The file is not UTF-8 text."));
            return null;
        }

        var composer = new YamlComposer(path, new StringReader(text), faults);
        try
        {
            return composer.Document();
        }
        catch (YamlException e)
        {
            composer.Fault((int)e.Start.Line, SiteRules.Syntax, $"YAML cannot be read here: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            // The scanner's own end at a few characters where no value can begin.
            composer.Fault((int)(composer.parser.Current?.End.Line ?? 1), SiteRules.Syntax, "YAML cannot be read after this.");
        }

        return null;
    }

    private YamlMap? Document()
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            Fault(1, SiteRules.Syntax, "The file is empty.");
            return null;
        }

        var root = Node(0);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
        {
            Fault((int)second.Start.Line, SiteRules.Syntax, "A second document in one file is not read; give it a file of its own.");
        }

        if (root is not YamlMap map)
        {
            Fault(root.Line, SiteRules.Type, "The file must hold keys and values.");
            return null;
        }

        return map;
    }

    private YamlNode Node(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, "nested too deeply");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlText((int)scalar.Start.Line, scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
        }

        if (parser.TryConsume<SequenceStart>(out var list))
        {
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node(depth + 1));
            }

            return new YamlList((int)list.Start.Line, items);
        }

        if (parser.TryConsume<MappingStart>(out var map))
        {
            return Map((int)map.Start.Line, depth);
        }

        throw new YamlException(parser.Current!.Start, parser.Current.End, "anchors and aliases are not used in a site; write it out");
    }

    private YamlMap Map(int line, int depth)
    {
        var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is not YamlText name)
            {
                Fault(key.Line, SiteRules.Type, "A key must be plain text.");
            }
            else if (!entries.TryAdd(name.Value, value))
            {
                Fault(name.Line, SiteRules.Duplicate, $"`{name.Value}` stands twice here; the first is on line {entries[name.Value].Line}.");
            }
        }

        return new YamlMap(line, entries);
    }

    private void Fault(int line, string rule, string text) => faults.Add(new SiteFault(path, line, rule, text));
}
