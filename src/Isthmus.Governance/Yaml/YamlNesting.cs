using Isthmus.Exchange;
using YamlDotNet.Core;

namespace Isthmus.Governance.Yaml;

/// <summary>
/// Finds YAML files that nest deeper than any site needs, before a module composes them: composing recurses, and a
/// stack that overflows takes the process with it. The parser's events come without recursion.
/// </summary>
internal static class YamlNesting
{
    public static IEnumerable<SiteFault> Check(SiteFiles files) =>
        files.Files.Where(f => f.Key.EndsWith(".yaml", StringComparison.Ordinal) || f.Key.EndsWith(".yml", StringComparison.Ordinal))
            .Select(f => (f.Key, Line: LineTooDeep(f.Value)))
            .Where(f => f.Line > 0)
            .Select(f => new SiteFault(f.Key, f.Line, SiteRules.Nesting, "The file nests too deeply here; a bracket or brace may not be closed."));

    /// <summary>The line at which the depth is exceeded, or 0. What is no YAML is left to whoever reads the file.</summary>
    private static int LineTooDeep(ReadOnlyMemory<byte> bytes)
    {
        using var text = new StreamReader(new MemoryStream(bytes.ToArray(), writable: false));
        var parser = new Parser(text);
        var depth = 0;
        try
        {
            while (parser.MoveNext())
            {
                depth += parser.Current!.NestingIncrease;
                if (depth > YamlComposer.MaxDepth && parser.Current.NestingIncrease > 0)
                {
                    return (int)parser.Current.Start.Line;
                }
            }
        }
        catch (Exception unreadable) when (unreadable is YamlException or InvalidOperationException)
        {
            return 0;
        }

        return 0;
    }
}
