using System.Globalization;
using Isthmus.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Reverse;

/// <summary>What a message of HL7 v2 is made of, as it stands in its file.</summary>
/// <param name="Name">The map's name, which is the structure of the events that name no other.</param>
/// <param name="Events">Trigger events with the structure each is sent in (HL7 table 0354), as (A08, ADT_A01).</param>
/// <param name="Content">Resource types of which one tells that this is the message, where nobody says.</param>
/// <param name="Rank">Who comes first where the content fits several.</param>
internal sealed record ReverseMessageText(
    string Path,
    int Line,
    string Name,
    IReadOnlyList<(string Event, string Structure)> Events,
    IReadOnlyList<string> Content,
    int Rank,
    IReadOnlyList<PartText> Parts)
{
    public static ReverseMessageText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "message", "direction", "guide", "version", "events", "content", "rank", "structure", "note");
        var name = file.Required(node, "message");
        var events = YamlText.Child(node, "events") is YamlMappingNode
            ? [.. Pairs(file, node, "events").Select(pair => (pair.Name, pair.Text.Length > 0 ? pair.Text : name))]
            : file.Texts(node, "events").Select(one => (one, name)).ToList();
        if (events.Count == 0)
        {
            file.Fault(node, MapRules.MissingKey, "A message names its 'events:', as [R01] or { A08: ADT_A01 }.");
        }

        return new ReverseMessageText(
            file.Path,
            YamlText.LineOf(node),
            name,
            events,
            file.Texts(node, "content"),
            RankOf(file, node),
            PartText.Several(file, node, "structure"));
    }

    private static int RankOf(YamlText file, YamlMappingNode node)
    {
        var text = file.Text(node, "rank");
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rank))
        {
            return rank;
        }

        if (text is not null)
        {
            file.Fault(YamlText.Child(node, "rank")!, MapRules.Yaml, "'rank:' is a number.");
        }

        return int.MaxValue;
    }

    /// <summary>The texts of a mapping by their names, or of several mappings where a name comes again.</summary>
    public static IEnumerable<(int Line, string Name, string Text)> Pairs(YamlText file, YamlMappingNode node, string key) => YamlText.Child(node, key) switch
    {
        null or YamlScalarNode { Value: null or "" } => [],
        YamlSequenceNode several => several.Children.SelectMany(one => PairsOf(file, one, key)),
        var one => PairsOf(file, one, key),
    };

    private static IEnumerable<(int Line, string Name, string Text)> PairsOf(YamlText file, YamlNode node, string key)
    {
        if (node is not YamlMappingNode pairs)
        {
            file.Fault(node, MapRules.Yaml, $"'{key}:' is a mapping of texts, or a list of such.");
            yield break;
        }

        foreach (var (name, text) in pairs.Children)
        {
            if (name is YamlScalarNode { Value: { } of } && text is YamlScalarNode { Value: var value })
            {
                yield return (YamlText.LineOf(name), of, value ?? string.Empty);
            }
            else
            {
                file.Fault(name, MapRules.Yaml, $"'{key}:' is a mapping of texts, or a list of such.");
            }
        }
    }
}

/// <summary>A segment or a group of a message: once, or once for each of what is selected.</summary>
/// <param name="Segment">Empty for a group.</param>
/// <param name="Fill">Names with the maps that fill the segment from them, in order: the first value written counts.</param>
internal sealed record PartText(
    int Line,
    string Segment,
    string Group,
    bool Needed,
    bool IsOnce,
    SelectText? Each,
    IReadOnlyList<SelectText> With,
    IReadOnlyList<(int Line, string Name, string Map)> Fill,
    IReadOnlyList<PartText> Has)
{
    public static IReadOnlyList<PartText> Several(YamlText file, YamlMappingNode node, string key) => [.. file.Items(node, key).Select(item => Of(file, item))];

    private static PartText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "segment", "group", "needed", "once", "each", "as", "of", "by", "when", "unless", "with", "fill", "has", "row", "note");
        return new PartText(
            YamlText.LineOf(node),
            file.Text(node, "segment") ?? string.Empty,
            file.Text(node, "group") ?? string.Empty,
            file.Flag(node, "needed"),
            file.Flag(node, "once"),
            file.Text(node, "each") is null ? null : SelectText.Of(file, node),
            [.. file.Items(node, "with").Select(item => SelectText.Of(file, item))],
            [.. ReverseMessageText.Pairs(file, node, "fill")],
            Several(file, node, "has"));
    }
}

/// <summary>
/// Which resources or elements: with <c>by:</c> those of a type whose reference leads to <c>of:</c>; with <c>of:</c> alone what the path
/// <c>each:</c> leads to from there, through references; without both, every resource of the type.
/// </summary>
/// <param name="Unless">A path from a resource type, as <c>DiagnosticReport.result</c>: what is referred to by it is left out.</param>
internal sealed record SelectText(int Line, string Each, string As, string? From, string? By, string? When, string? Unless)
{
    public static SelectText Of(YamlText file, YamlMappingNode node) => new(
        YamlText.LineOf(node),
        file.Required(node, "each"),
        file.Required(node, "as"),
        file.Text(node, "of"),
        file.Text(node, "by"),
        file.Text(node, "when"),
        file.Text(node, "unless"));
}
