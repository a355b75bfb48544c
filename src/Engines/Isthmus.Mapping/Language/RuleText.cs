using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Language;

/// <summary>One rule as it stands in the file.</summary>
internal sealed record RuleText
{
    private static readonly string[] Words =
        ["row", "from", "each", "when", "to", "map", "create", "refer", "vocabulary", "translate", "unit", "code", "as", "value", "text", "note"];

    public required TextPlace Place { get; init; }

    /// <summary>Whether the map it is part of inherited it, and may have said something before it.</summary>
    public bool IsInherited { get; init; }

    /// <summary>The line of the official guide's table that this rule follows; empty for our own decisions.</summary>
    public string? Row { get; init; }

    public string? Note { get; init; }

    public required IReadOnlyList<string> From { get; init; }

    /// <summary>The field whose repetitions are gone through, if it is not the source itself.</summary>
    public string? Each { get; init; }

    public string? When { get; init; }

    public required string To { get; init; }

    public string? Map { get; init; }

    public string? Create { get; init; }

    /// <summary>A type: the reference goes to the nearest resource of that type that the message has made so far.</summary>
    public string? Refer { get; init; }

    public string? Vocabulary { get; init; }

    public string? Translate { get; init; }

    /// <summary>The field of the unit that tells which of several meanings a local code has; only with <see cref="Translate"/>.</summary>
    public string? Unit { get; init; }

    public string? Code { get; init; }

    public string? As { get; init; }

    public string? Value { get; init; }

    public string? Text { get; init; }

    /// <summary>Reads a rule; null, with a fault, if it is no rule.</summary>
    public static RuleText? Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, Words);
        var rule = new RuleText
        {
            Place = file.PlaceOf(node),
            Row = file.Text(node, "row"),
            Note = file.Text(node, "note"),
            From = file.Texts(node, "from"),
            Each = file.Text(node, "each"),
            When = file.Text(node, "when"),
            To = file.Text(node, "to") ?? "$this",
            Map = file.Text(node, "map"),
            Create = file.Text(node, "create"),
            Refer = file.Text(node, "refer"),
            Vocabulary = file.Text(node, "vocabulary"),
            Translate = file.Text(node, "translate"),
            Unit = file.Text(node, "unit"),
            Code = file.Text(node, "code"),
            As = file.Text(node, "as"),
            Value = file.Text(node, "value"),
            Text = file.Text(node, "text"),
        };
        var conversions = new[] { rule.Map, rule.Create, rule.Refer, rule.Code, rule.As, rule.Value, rule.Text }.Count(word => word is not null);
        if (conversions > 1)
        {
            file.Fault(node, MapRules.Conversion, "A rule has one conversion: map, create, refer, code, as, value or text.");
            return null;
        }

        if (rule.Unit is not null && rule.Translate is null)
        {
            file.Fault(node, MapRules.Conversion, "'unit:' stands beside 'translate:' only.");
            return null;
        }

        if (rule.From.Count == 0 && rule.Map is null && rule.Value is null && rule.Text is null && rule.Create is null && rule.Refer is null && rule.As is null)
        {
            file.Fault(node, MapRules.MissingKey, "A rule without 'from:' needs 'value:', 'text:', 'as:', 'create:', 'refer:' or the 'map:' of a segment.");
            return null;
        }

        return rule;
    }
}
