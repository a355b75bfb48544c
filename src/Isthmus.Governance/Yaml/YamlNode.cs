namespace Isthmus.Governance.Yaml;

/// <summary>A node of a parsed file that remembers its line (from 1).</summary>
internal abstract record YamlNode(int Line);

/// <param name="Quoted">True when written in quotes or as a block, so that it is text whatever it looks like.</param>
internal sealed record YamlText(int Line, string Value, bool Quoted) : YamlNode(Line);

internal sealed record YamlList(int Line, IReadOnlyList<YamlNode> Items) : YamlNode(Line);

/// <summary>Keys in the order of the file; the environment may set scalars before the map is read.</summary>
internal sealed record YamlMap(int Line, Dictionary<string, YamlNode> Entries) : YamlNode(Line);
