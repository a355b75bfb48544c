using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Language;

/// <summary>A segment or datatype map as it stands in its file.</summary>
internal sealed record MapText
{
    public required TextPlace Place { get; init; }

    public required string Name { get; init; }

    /// <summary>The segment's or datatype's name.</summary>
    public required string Source { get; init; }

    public required bool IsSegment { get; init; }

    /// <summary>The FHIR type that is filled.</summary>
    public required string Type { get; init; }

    /// <summary>Whether each run makes a resource.</summary>
    public required bool IsResource { get; init; }

    public required IReadOnlyList<string> Key { get; init; }

    public required IReadOnlyList<RuleText> Rules { get; init; }

    public static MapText? Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "map", "guide", "segment", "datatype", "resource", "type", "key", "version", "rules", "note");
        var segment = YamlText.Text(node, "segment");
        var datatype = YamlText.Text(node, "datatype");
        var resource = YamlText.Text(node, "resource");
        var type = YamlText.Text(node, "type") ?? resource;
        if ((segment is null) == (datatype is null) || type is null)
        {
            file.Fault(node, MapRules.MissingKey, "A map says 'segment:' or 'datatype:', and 'resource:' or 'type:'.");
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
            Source = segment ?? datatype!,
            IsSegment = segment is not null,
            Type = type,
            IsResource = resource is not null,
            Key = YamlText.Texts(node, "key"),
            Rules = [.. file.Items(node, "rules").Select(rule => RuleText.Of(file, rule)).OfType<RuleText>()],
        };
    }
}
