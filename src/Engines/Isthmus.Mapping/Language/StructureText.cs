using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Language;

/// <summary>A group of a message's structure as it stands in its file.</summary>
/// <param name="Begins">The segments that begin another instance of it.</param>
/// <param name="After">The group behind which alone it may open.</param>
/// <param name="IsStrict">Whether only its beginning segments open it; another group may lack them.</param>
internal sealed record GroupText(TextPlace Place, string Name, IReadOnlyList<string> Begins, string? After, IReadOnlyList<SlotText> Slots, bool IsStrict = false);

/// <summary>One place of a structure: a segment, a group, or a part whose structure stands there.</summary>
internal sealed record SlotText(TextPlace Place, string Segment, GroupText? Group, string? Part, bool Repeats)
{
    /// <summary>What it is called in <c>after:</c> and <c>drop:</c>.</summary>
    public string Name => Group?.Name ?? Part ?? Segment;
}

/// <summary>Places added to a group of the inherited structure.</summary>
/// <param name="After">The place behind which they go; null for the group's end.</param>
internal sealed record AdditionText(TextPlace Place, string In, string? After, IReadOnlyList<SlotText> Slots);

/// <summary>Reads <c>structure:</c> and <c>has:</c>.</summary>
internal static class StructureText
{
    public static IReadOnlyList<SlotText> Read(YamlText file, YamlMappingNode node, string key)
    {
        var slots = new List<SlotText>();
        foreach (var item in file.List(node, key))
        {
            if (item is YamlScalarNode { Value: { Length: 3 or 4 } segment } && (segment.Length == 3 || segment[3] == '*'))
            {
                slots.Add(new SlotText(file.PlaceOf(item), segment[..3], null, null, segment.Length == 4));
            }
            else if (item is YamlMappingNode child && file.Text(child, "group") is { } name)
            {
                file.AllowOnly(child, "group", "begins", "after", "strict", "has");
                var group = new GroupText(
                    file.PlaceOf(child), name.TrimEnd('*'), file.Texts(child, "begins"), file.Text(child, "after"), Read(file, child, "has"), file.Flag(child, "strict"));
                slots.Add(new SlotText(group.Place, string.Empty, group, null, name.EndsWith('*')));
            }
            else if (item is YamlMappingNode use && file.Text(use, "part") is { } part)
            {
                file.AllowOnly(use, "part");
                slots.Add(new SlotText(file.PlaceOf(use), string.Empty, null, part, false));
            }
            else
            {
                file.Fault(item, MapRules.Yaml, "A structure lists segments (PID, NTE*), groups ({ group: NAME*, has: [...] }) and parts ({ part: NAME }).");
            }
        }

        return slots;
    }

    public static AdditionText Addition(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "in", "after", "has", "note");
        return new AdditionText(file.PlaceOf(node), file.Required(node, "in"), file.Text(node, "after"), Read(file, node, "has"));
    }
}
