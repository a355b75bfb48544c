using Isthmus.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Feeds;

/// <summary>A feed's map as it stands in its file, already in terms of the records it is read as.</summary>
internal sealed record FeedText(TextPlace Place, FeedMap Feed, MessageText Message, IReadOnlyList<MapText> Maps)
{
    public static FeedText? Of(YamlText file, YamlMappingNode node)
    {
        file.AllowOnly(node, "feed", "version", "from", "delimiter", "header", "columns", "resources", "references", "note");
        var name = file.Required(node, "feed");
        var kind = file.Text(node, "from");
        var delimiter = file.Text(node, "delimiter") ?? ",";
        if (name.Length is 0 or > FeedMap.LongestName || kind is not ("csv" or "json") || delimiter.Length != 1)
        {
            file.Fault(node, MapRules.Feed, $"A feed has a name of at most {FeedMap.LongestName} characters, is 'from: csv' or 'from: json', and has a delimiter of one character.");
            return null;
        }

        var columns = Columns(file, node);
        var words = new FeedWords(file, columns);
        var maps = new List<MapText>();
        var resources = new List<ResourceText>();
        var segments = new List<SegmentText>();
        var keys = new List<FeedKey>();
        foreach (var item in file.Items(node, "resources"))
        {
            file.AllowOnly(item, "name", "type", "per", "key", "rules", "note");
            var place = file.PlaceOf(item);
            var per = file.Text(item, "per") ?? string.Empty;
            if (!columns.Arrays.Contains(per, StringComparer.Ordinal))
            {
                file.Fault(item, MapRules.Feed, $"'{per}' is no array of this feed's columns.");
                continue;
            }

            var (resource, type) = (file.Required(item, "name"), file.Required(item, "type"));
            var map = $"{name}.{resource}";
            maps.Add(new MapText
            {
                Place = place,
                Name = map,
                Source = columns.SegmentOf(per),
                IsSegment = true,
                Type = type,
                IsResource = true,
                Key = [],
                Rules = [.. file.Items(item, "rules").Select(rule => RuleText.Of(file, rule)).OfType<RuleText>().Select(words.Translate)],
            });
            keys.AddRange(file.Texts(item, "key").Take(1).Select(key => new FeedKey(per, words.Columns(key))).Where(key => key.Alternatives.Count > 0));
            resources.Add(new ResourceText(place, resource, type, [GroupOf(per)], [], [.. file.Texts(item, "key").Select(key => words.Key(place, key))]));
            segments.Add(new SegmentText(place, columns.SegmentOf(per), [GroupOf(per)], map, resource, null, false));
        }

        var message = new MessageText
        {
            Place = file.PlaceOf(node),
            Name = FeedMap.TypeOf(name),
            Structure = [new SlotText(file.PlaceOf(node), "MSH", null, null, false), .. Structure(file.PlaceOf(node), columns, string.Empty)],
            Resources = resources,
            Segments = segments,
            References = [.. file.Items(node, "references").Select(item => ReferenceText.Of(file, item))],
        };
        return new FeedText(message.Place, new FeedMap(name, kind == "csv", delimiter[0], file.Flag(node, "header", unsaid: true), columns, keys), message, maps);
    }

    private static FeedColumns Columns(YamlText file, YamlMappingNode node)
    {
        var columns = new FeedColumns();
        foreach (var item in file.List(node, "columns"))
        {
            var name = item is YamlMappingNode described ? file.Required(described, "name") : (item as YamlScalarNode)?.Value;
            if (item is YamlMappingNode only)
            {
                file.AllowOnly(only, "name", "date", "note");
            }

            if (string.IsNullOrEmpty(name) || !columns.Add(name, item is YamlMappingNode dated ? file.Text(dated, "date") : null))
            {
                file.Fault(item, MapRules.DuplicateName, "Each column stands once, with its name.");
            }
        }

        if (columns.All.Count == 0 || columns.Arrays.Count > FeedColumns.MostArrays)
        {
            file.Fault(node, MapRules.Feed, "A feed lists its 'columns:'.");
        }

        return columns;
    }

    private static string GroupOf(string array) => array.Length == 0 ? "message" : array;

    private static List<SlotText> Structure(TextPlace place, FeedColumns columns, string array)
    {
        var slots = new List<SlotText> { new(place, columns.SegmentOf(array), null, null, false) };
        foreach (var inner in columns.Arrays.Where(other => other.Length > 0 && FeedColumns.Around(other) == array))
        {
            slots.Add(new SlotText(place, string.Empty, new GroupText(place, inner, [columns.SegmentOf(inner)], null, Structure(place, columns, inner)), null, true));
        }

        return slots;
    }
}
