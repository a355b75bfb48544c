using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Language;

/// <summary>A segment or datatype map as it stands in its file.</summary>
internal sealed record MapText
{
    public required TextPlace Place { get; init; }

    public required string Name { get; init; }

    public string? Guide { get; init; }

    /// <summary>The segment's or datatype's name.</summary>
    public required string Source { get; init; }

    public required bool IsSegment { get; init; }

    /// <summary>The FHIR type that is filled.</summary>
    public required string Type { get; init; }

    /// <summary>Whether each run makes a resource.</summary>
    public required bool IsResource { get; init; }

    /// <summary>The map whose rules are inherited.</summary>
    public string? Extends { get; init; }

    /// <summary>What of the inherited is left out: targets, or rows (<c>row 13</c>).</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>The canonical of a profile that has every element the map writes.</summary>
    public string? Profile { get; init; }

    public required IReadOnlyList<string> Key { get; init; }

    public required IReadOnlyList<RuleText> Rules { get; init; }

    public static MapText? Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "map", "extends", "drop", "profile", "guide", "segment", "datatype", "resource", "type", "key", "version", "rules", "note");
        var segment = file.Text(node, "segment");
        var datatype = file.Text(node, "datatype");
        var resource = file.Text(node, "resource");
        var type = file.Text(node, "type") ?? resource;
        var extends = file.Text(node, "extends");
        if (extends is null && ((segment is null) == (datatype is null) || type is null))
        {
            file.Fault(node, MapRules.MissingKey, "A map says 'segment:' or 'datatype:', and 'resource:' or 'type:'; or 'extends:'.");
            return null;
        }

        if (segment is { Length: not 3 })
        {
            file.Fault(node, MapRules.Source, "A segment's name has three characters.");
            return null;
        }

        return new MapText
        {
            Place = file.PlaceOf(node),
            Name = file.Required(node, "map"),
            Source = segment ?? datatype ?? string.Empty,
            IsSegment = segment is not null,
            Type = type ?? string.Empty,
            IsResource = resource is not null,
            Guide = file.Text(node, "guide"),
            Extends = extends,
            Profile = file.Text(node, "profile"),
            Drop = file.Texts(node, "drop"),
            Key = file.Texts(node, "key"),
            Rules = [.. file.Items(node, "rules").Select(rule => RuleText.Of(file, rule)).OfType<RuleText>()],
        };
    }
}
