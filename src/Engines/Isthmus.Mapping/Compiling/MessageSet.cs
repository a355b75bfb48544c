using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>Every message map of a site and its library, compiled, by the types it is for. A site's map of a type comes before the library's.</summary>
internal sealed class MessageSet
{
    private readonly Dictionary<string, (MessageMap Map, bool IsInherited)> byType = new(StringComparer.Ordinal);

    public MessageSet(MapTexts texts, MapCompiler maps, List<MapFault> faults)
    {
        var assembly = new MessageAssembly(texts.Messages, texts.Parts, faults);
        var whole = texts.Messages.Select(text => (Text: text, Whole: assembly.Assemble(text))).ToList();
        MapTexts.ReplaceInherited(whole, message => message.Text.Name, message => message.Text.Place);
        foreach (var (text, assembled) in whole)
        {
            var map = new MessageCompiler(assembled, maps, assembly, faults).Compile();
            Default = assembled.IsDefault && (Default is null || !text.Place.IsInherited) ? map : Default;
            foreach (var type in assembled.For.Prepend(text.Name).Distinct(StringComparer.Ordinal))
            {
                Take(type, map, text.Place, faults);
            }
        }

        assembly.CheckIdle();
        CheckLocal(maps, faults);
    }

    public IReadOnlyDictionary<string, MessageMap> ByType => byType.ToDictionary(entry => entry.Key, entry => entry.Value.Map, StringComparer.Ordinal);

    /// <summary>The map for types that have none.</summary>
    public MessageMap? Default { get; }

    /// <summary>A Z-segment that rules read, and that none of the messages which run those rules has a place for, would never be read.</summary>
    private void CheckLocal(MapCompiler maps, List<MapFault> faults)
    {
        var messages = byType.Values.Select(entry => entry.Map).Distinct().ToList();
        foreach (var (segment, place) in maps.LocalReads)
        {
            var readers = messages.FindAll(message => message.Read.ContainsKey(segment));
            if (readers.Count > 0 && !readers.Exists(message => message.Structure.Groups[0].Knows(segment)))
            {
                faults.Add(place.Fault(MapRules.Group, "No message that runs this rule has a place for the Z-segment it reads; 'adds:' in a message map gives it one."));
            }
        }
    }

    private void Take(string type, MessageMap map, TextPlace place, List<MapFault> faults)
    {
        if (!byType.TryGetValue(type, out var other) || (other.IsInherited && !place.IsInherited))
        {
            byType[type] = (map, place.IsInherited);
        }
        else if (other.IsInherited == place.IsInherited)
        {
            faults.Add(place.Fault(MapRules.DuplicateName, $"'{type}' has a message map already: {other.Map.Name}."));
        }
    }
}
