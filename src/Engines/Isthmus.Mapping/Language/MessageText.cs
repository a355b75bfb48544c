using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Language;

/// <summary>A message map as it stands in its file, or a part that message maps have in common.</summary>
internal sealed record MessageText
{
    public required TextPlace Place { get; init; }

    public required string Name { get; init; }

    /// <summary>The message map whose structure and items are inherited.</summary>
    public string? Extends { get; init; }

    /// <summary>What of the inherited is left out: names of resources, groups, segments, maps, or <c>resource.property</c>.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    public string? Bundle { get; init; }

    /// <summary>Whether it is for the types that have no map of their own.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Further events of the same shape; a bare type (<c>ADT</c>) stands for its events that have no map.</summary>
    public IReadOnlyList<string> For { get; init; } = [];

    /// <summary>Null where it states none and the inherited one counts.</summary>
    public IReadOnlyList<SlotText>? Structure { get; init; }

    public IReadOnlyList<AdditionText> Adds { get; init; } = [];

    public required IReadOnlyList<ResourceText> Resources { get; init; }

    public required IReadOnlyList<SegmentText> Segments { get; init; }

    public required IReadOnlyList<ReferenceText> References { get; init; }

    public static MessageText Message(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "message", "guide", "version", "for", "default", "extends", "drop", "adds", "bundle", "structure", "resources", "segments", "references", "note");
        return Items(file, node, "message") with
        {
            Extends = file.Text(node, "extends"),
            Drop = file.Texts(node, "drop"),
            Bundle = file.Text(node, "bundle"),
            IsDefault = file.Flag(node, "default"),
            For = file.Texts(node, "for"),
            Adds = [.. file.Items(node, "adds").Select(item => StructureText.Addition(file, item))],
        };
    }

    public static MessageText Part(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "part", "version", "structure", "resources", "segments", "references", "note");
        return Items(file, node, "part");
    }

    private static MessageText Items(YamlText file, YamlMappingNode node, string kind) => new()
    {
        Place = file.PlaceOf(node),
        Name = file.Required(node, kind),
        Structure = YamlText.Child(node, "structure") is null ? null : StructureText.Read(file, node, "structure"),
        Resources = [.. file.Items(node, "resources").Select(item => ResourceText.Of(file, item))],
        Segments = [.. file.Items(node, "segments").Select(item => SegmentText.Of(file, item))],
        References = [.. file.Items(node, "references").Select(item => ReferenceText.Of(file, item))],
    };
}

/// <summary>A resource the message yields.</summary>
/// <param name="IsBorrowed">It came from a part or an inherited map, and is left out where this message lacks its groups.</param>
internal sealed record ResourceText(TextPlace Place, string Name, string Type, IReadOnlyList<string> Per, IReadOnlyList<string> Needs, IReadOnlyList<string> Key, bool IsBorrowed = false)
{
    public static ResourceText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "name", "type", "per", "needs", "key", "note");
        return new ResourceText(file.PlaceOf(node), file.Required(node, "name"), file.Required(node, "type"), file.Texts(node, "per"), file.Texts(node, "needs"), file.Texts(node, "key"));
    }
}

/// <summary>A segment of a group runs through a map into a resource.</summary>
/// <param name="IsLate">It runs when all others have: for what is only said where nothing else has said it.</param>
internal sealed record SegmentText(TextPlace Place, string Segment, IReadOnlyList<string> In, string Map, string Into, string? When, bool IsLate, bool IsBorrowed = false)
{
    public static SegmentText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "segment", "in", "map", "into", "when", "late", "row", "note");
        return new SegmentText(file.PlaceOf(node), file.Required(node, "segment"), file.Texts(node, "in"), file.Required(node, "map"), file.Required(node, "into"), file.Text(node, "when"), file.Flag(node, "late"));
    }
}

/// <summary>A property of one resource refers to another of the same message.</summary>
internal sealed record ReferenceText(TextPlace Place, string From, string Property, string To, IReadOnlyList<string> Within, bool IsBorrowed = false)
{
    public static ReferenceText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "from", "property", "to", "within", "row", "note");
        return new ReferenceText(file.PlaceOf(node), file.Required(node, "from"), file.Required(node, "property"), file.Required(node, "to"), file.Texts(node, "within"));
    }
}
