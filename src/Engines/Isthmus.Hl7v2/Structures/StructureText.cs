using System.Collections.Frozen;

namespace Isthmus.Hl7v2;

/// <summary>Reads structures.txt and events.txt.</summary>
internal static class StructureText
{
    /// <summary>In events.txt: whatever the event.</summary>
    public const string AnyEvent = "*";

    /// <summary>The variants of each structure, newest first.</summary>
    public static FrozenDictionary<string, Hl7Structure[]> Structures() =>
        DefinitionText.Blocks("structures.txt").Select(Structure).GroupBy(static structure => structure.Name)
            .ToFrozenDictionary(static variants => variants.Key, static variants => variants.ToArray());

    /// <summary>The name of the structure by code and event.</summary>
    public static FrozenDictionary<(string Code, string Event), string> Events()
    {
        var events = new Dictionary<(string, string), string>();
        foreach (var line in DefinitionText.Lines("events.txt").Where(static line => line.Length > 0))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var name in words[1..^2])
            {
                events.Add((words[0], name), words[^1]);
            }
        }

        return events.ToFrozenDictionary();
    }

    private static Hl7Structure Structure(List<string> block)
    {
        var head = block[0].Split('|', StringSplitOptions.TrimEntries);
        var words = new Queue<string>(block.Skip(1).SelectMany(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        var structure = new Hl7Structure(head[0], DefinitionText.Range(head[1]), Parts(words));
        return words.Count == 0 ? structure : throw new FormatException($"A bracket too many in {head[0]}.");
    }

    /// <summary>Takes words up to the bracket that closes the group, or to the end.</summary>
    private static List<Hl7StructurePart> Parts(Queue<string> words)
    {
        var parts = new List<Hl7StructurePart>();
        while (words.TryDequeue(out var word) && word != ")")
        {
            var isGroup = word.EndsWith('(');
            word = isGroup ? word[..^1] : word;
            var name = string.Intern(word.TrimEnd('?', '*', '+'));
            parts.Add(new(name, word[^1] is not ('?' or '*'), word[^1] is '*' or '+', isGroup ? Parts(words) : []));
        }

        return parts;
    }
}
