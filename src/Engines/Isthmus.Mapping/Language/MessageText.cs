using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Language;

/// <summary>A message map as it stands in its file.</summary>
internal sealed record MessageText(
    string Path,
    int Line,
    string Name,
    string? Bundle,
    bool IsDefault,
    IReadOnlyList<string> For,
    IReadOnlyList<GroupText> Groups,
    IReadOnlyList<ResourceText> Resources,
    IReadOnlyList<SegmentText> Segments,
    IReadOnlyList<ReferenceText> References)
{
    public static MessageText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "message", "guide", "version", "for", "default", "bundle", "structure", "resources", "segments", "references", "note");
        var groups = new List<GroupText>();
        Group(file, node, "message", -1, [], null, YamlText.Child(node, "structure"), groups);
        return new MessageText(
            file.Path,
            YamlText.LineOf(node),
            file.Required(node, "message"),
            YamlText.Text(node, "bundle"),
            YamlText.Text(node, "default") == "true",
            YamlText.Texts(node, "for"),
            groups,
            [.. file.Items(node, "resources").Select(item => ResourceText.Of(file, item))],
            [.. file.Items(node, "segments").Select(item => SegmentText.Of(file, item))],
            [.. file.Items(node, "references").Select(item => ReferenceText.Of(file, item))]);
    }

    /// <summary>Reads a group and those within it; the list holds parents before children. Returns the group's index.</summary>
    private static int Group(YamlText file, YamlNode at, string name, int parent, IReadOnlyList<string> begins, string? after, YamlNode? has, List<GroupText> groups)
    {
        var index = groups.Count;
        var slots = new List<SlotText>();
        groups.Add(new GroupText(YamlText.LineOf(at), name, parent, begins, after, slots));
        foreach (var item in has is YamlSequenceNode items ? items.Children : [])
        {
            if (item is YamlScalarNode { Value: { Length: 3 or 4 } segment } && (segment.Length == 3 || segment[3] == '*'))
            {
                slots.Add(new SlotText(segment[..3], -1, segment.Length == 4));
            }
            else if (item is YamlMappingNode child && YamlText.Text(child, "group") is { } text)
            {
                file.AllowOnly(child, "group", "begins", "after", "has");
                var bare = text.TrimEnd('*');
                var inner = Group(file, child, bare, index, YamlText.Texts(child, "begins"), YamlText.Text(child, "after"), YamlText.Child(child, "has"), groups);
                slots.Add(new SlotText(string.Empty, inner, text.EndsWith('*')));
            }
            else
            {
                file.Fault(item, MapRules.Yaml, "A structure lists segments (PID, NTE*) and groups ({ group: NAME*, has: [...] }).");
            }
        }

        return index;
    }
}

internal sealed record GroupText(int Line, string Name, int Parent, IReadOnlyList<string> Begins, string? After, IReadOnlyList<SlotText> Slots);

internal sealed record SlotText(string Segment, int Group, bool Repeats);

/// <summary>A resource the message yields.</summary>
internal sealed record ResourceText(int Line, string Name, string Type, IReadOnlyList<string> Per, string? Needs, IReadOnlyList<string> Key)
{
    public static ResourceText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "name", "type", "per", "needs", "key", "note");
        return new ResourceText(YamlText.LineOf(node), file.Required(node, "name"), file.Required(node, "type"), YamlText.Texts(node, "per"), YamlText.Text(node, "needs"), YamlText.Texts(node, "key"));
    }
}

/// <summary>A segment of a group runs through a map into a resource.</summary>
internal sealed record SegmentText(int Line, string Segment, IReadOnlyList<string> In, string Map, string Into, string? When)
{
    public static SegmentText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "segment", "in", "map", "into", "when", "row", "note");
        return new SegmentText(YamlText.LineOf(node), file.Required(node, "segment"), YamlText.Texts(node, "in"), file.Required(node, "map"), file.Required(node, "into"), YamlText.Text(node, "when"));
    }
}

/// <summary>A property of one resource refers to another of the same message.</summary>
internal sealed record ReferenceText(int Line, string From, string Property, string To, string? Within)
{
    public static ReferenceText Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "from", "property", "to", "within", "row", "note");
        return new ReferenceText(YamlText.LineOf(node), file.Required(node, "from"), file.Required(node, "property"), file.Required(node, "to"), YamlText.Text(node, "within"));
    }
}
