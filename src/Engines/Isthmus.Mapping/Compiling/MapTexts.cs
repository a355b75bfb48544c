using Isthmus.Mapping.Feeds;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Reverse;
using Isthmus.Mapping.Terminology;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Compiling;

/// <summary>Everything the files of a site and of the library say, before any of it is put together.</summary>
internal sealed class MapTexts
{
    public List<MapText> Maps { get; } = [];

    public List<MessageText> Messages { get; } = [];

    public List<MessageText> Parts { get; } = [];

    /// <summary>Flat files and vendors' JSON.</summary>
    public List<FeedMap> Feeds { get; } = [];

    /// <summary>The files of the other direction, from FHIR to HL7 v2.</summary>
    public ReverseFiles Reverse { get; } = new();

    public TerminologySet Terminology { get; } = new();

    /// <summary>Reads a file; what it is, it says itself.</summary>
    public void Read(string path, ReadOnlyMemory<byte> bytes, List<MapFault> faults)
    {
        if (path.Contains("/examples/", StringComparison.Ordinal))
        {
            // Messages and what becomes of them, not maps.
            return;
        }

        if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            TerminologyReader.ReadCsv(path, bytes, Terminology, faults);
        }
        else if (path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
        {
            ReadYaml(new YamlText(path, faults), bytes);
        }
    }

    /// <summary>A site's text takes the place of the library's of the same name.</summary>
    public static void ReplaceInherited<T>(List<T> all, Func<T, string> nameOf, Func<T, TextPlace> placeOf)
    {
        var own = all.Where(item => !placeOf(item).IsInherited).Select(nameOf).ToHashSet(StringComparer.Ordinal);
        all.RemoveAll(item => placeOf(item).IsInherited && own.Contains(nameOf(item)));
    }

    private void ReadYaml(YamlText file, ReadOnlyMemory<byte> bytes)
    {
        if (file.Read(bytes) is not { } root)
        {
            return;
        }

        if (file.Text(root, "version") is null)
        {
            file.Fault(root, MapRules.Version, "A map or terminology file states its 'version:'.");
        }

        if (file.Text(root, "systems") is not null)
        {
            TerminologyReader.ReadYaml(file, root, Terminology);
            return;
        }

        if (ReverseFiles.Holds(file, root))
        {
            Reverse.Read(file, root);
            return;
        }

        if (file.Text(root, "feed") is not null)
        {
            Add(FeedText.Of(file, root));
            return;
        }

        var one = new[] { "map", "message", "part" }.FirstOrDefault(kind => file.Text(root, kind) is not null);
        if (one is not null)
        {
            Add(file, one, root);
            return;
        }

        file.AllowOnly(root, "maps", "messages", "parts", "version", "note");
        foreach (var kind in new[] { "maps", "messages", "parts" })
        {
            foreach (var item in file.Items(root, kind))
            {
                Add(file, kind[..^1], item);
            }
        }

        if (YamlText.Child(root, "maps") is null && YamlText.Child(root, "messages") is null && YamlText.Child(root, "parts") is null)
        {
            file.Fault(root, MapRules.MissingKey, "A file holds 'map:', 'message:' or 'part:', one of them or a list ('maps:', 'messages:', 'parts:'), 'feed:' or 'systems:'.");
        }
    }

    /// <summary>A feed is a message map of its own, with a map for each of its resources.</summary>
    private void Add(FeedText? feed)
    {
        if (feed is not null)
        {
            Feeds.Add(feed.Feed);
            Maps.AddRange(feed.Maps);
            Messages.Add(feed.Message);
        }
    }

    private void Add(YamlText file, string kind, YamlMappingNode node)
    {
        switch (kind)
        {
            case "map" when MapText.Of(file, node) is { } map:
                Maps.Add(map);
                break;
            case "message":
                Messages.Add(MessageText.Message(file, node));
                break;
            case "part":
                Parts.Add(MessageText.Part(file, node));
                break;
        }
    }
}
