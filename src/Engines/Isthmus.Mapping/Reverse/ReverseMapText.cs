using Isthmus.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Reverse;

/// <summary>A map from a resource or datatype of FHIR to a segment or datatype of HL7 v2, as it stands in its file.</summary>
internal sealed record ReverseMapText
{
    public required string Path { get; init; }

    public required int Line { get; init; }

    public required string Name { get; init; }

    /// <summary>The FHIR type that is read.</summary>
    public required string Type { get; init; }

    /// <summary>The segment or datatype that is filled.</summary>
    public required string Target { get; init; }

    public required bool IsSegment { get; init; }

    /// <summary>A FHIRPath condition without which none of the rules runs.</summary>
    public string? When { get; init; }

    public required IReadOnlyList<ReverseRuleText> Rules { get; init; }

    public static ReverseMapText? Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "map", "direction", "guide", "resource", "type", "segment", "datatype", "when", "version", "rules", "note");
        var segment = file.Text(node, "segment");
        var datatype = file.Text(node, "datatype");
        var type = file.Text(node, "type") ?? file.Text(node, "resource");
        if ((segment is null) == (datatype is null) || type is null)
        {
            file.Fault(node, MapRules.MissingKey, "A map says 'resource:' or 'type:', and 'segment:' or 'datatype:'.");
            return null;
        }

        return new ReverseMapText
        {
            Path = file.Path,
            Line = YamlText.LineOf(node),
            Name = file.Required(node, "map"),
            Type = type,
            Target = segment ?? datatype!,
            IsSegment = segment is not null,
            When = file.Text(node, "when"),
            Rules = [.. file.Items(node, "rules").Select(rule => ReverseRuleText.Of(file, rule)).OfType<ReverseRuleText>()],
        };
    }
}

/// <summary>One rule as it stands in the file.</summary>
internal sealed record ReverseRuleText
{
    private static readonly string[] Words = ["row", "from", "each", "when", "to", "map", "vocabulary", "code", "inverse", "as", "value", "implies", "since", "before", "note"];

    public required int Line { get; init; }

    /// <summary>FHIRPath expressions over what the map reads; the first gives the value.</summary>
    public required IReadOnlyList<string> From { get; init; }

    /// <summary>Whether every item makes a repetition of its own; otherwise the first counts.</summary>
    public required bool Each { get; init; }

    /// <summary>A FHIRPath condition over what the map reads.</summary>
    public string? When { get; init; }

    /// <summary>Positions: <c>PID-5.1.1</c>, <c>CX.4.1</c>, <c>$this</c>.</summary>
    public required IReadOnlyList<string> To { get; init; }

    public string? Map { get; init; }

    /// <summary>For coded values: the table by which the other direction adds a coding.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>A table from FHIR's codes to those of v2.</summary>
    public string? Code { get; init; }

    /// <summary>A table from codes of v2 to those of FHIR, read backwards.</summary>
    public string? Inverse { get; init; }

    public string? As { get; init; }

    public string? Value { get; init; }

    /// <summary>What of each item the position says by itself, so that it need not be written: a FHIRPath expression over the item.</summary>
    public string? Implies { get; init; }

    /// <summary>The version of HL7 v2 from which the rule holds (<c>2.6</c>).</summary>
    public Version? Since { get; init; }

    /// <summary>The version of HL7 v2 from which it no longer holds.</summary>
    public Version? Before { get; init; }

    /// <summary>Reads a rule; null, with a fault, if it is no rule.</summary>
    public static ReverseRuleText? Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, Words);
        var each = file.Listed(node, "each");
        var from = file.Listed(node, "from");
        var rule = new ReverseRuleText
        {
            Line = YamlText.LineOf(node),
            From = each.Count > 0 ? [.. each, .. from] : from,
            Each = each.Count > 0,
            When = file.Text(node, "when"),
            To = file.Texts(node, "to") is { Count: > 0 } to ? to : ["$this"],
            Map = file.Text(node, "map"),
            Vocabulary = file.Text(node, "vocabulary"),
            Code = file.Text(node, "code"),
            Inverse = file.Text(node, "inverse"),
            As = file.Text(node, "as"),
            Value = file.Text(node, "value"),
            Implies = file.Text(node, "implies"),
            Since = VersionOf(file, node, "since"),
            Before = VersionOf(file, node, "before"),
        };
        if (new[] { rule.Map, rule.Code, rule.Inverse, rule.As, rule.Value }.Count(word => word is not null) > 1)
        {
            file.Fault(node, MapRules.Conversion, "A rule has one conversion: map, code, inverse, as or value.");
            return null;
        }

        if (rule.From.Count == 0 && rule.Value is null && rule.As is null)
        {
            file.Fault(node, MapRules.MissingKey, "A rule without 'from:' or 'each:' needs 'value:' or 'as:'.");
            return null;
        }

        return rule;
    }

    private static Version? VersionOf(YamlText file, YamlMappingNode node, string key)
    {
        if (file.Text(node, key) is not { } text)
        {
            return null;
        }

        if (!Version.TryParse(text, out var version))
        {
            file.Fault(node, MapRules.Constant, $"'{text}' is no version of HL7 v2; write 2.6 or 2.5.1.");
        }

        return version;
    }
}
