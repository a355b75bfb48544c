using System.Text;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>A message as a list of segments, each a map of fields to their raw text, so that parts can be taken out of it.</summary>
internal sealed record GeneratedMessage(IReadOnlyList<GeneratedSegment> Segments)
{
    /// <summary>What a message of these segments must say; without it other rules speak than those that are tried.</summary>
    private static readonly Dictionary<string, int[]> Required = new(StringComparer.Ordinal)
    {
        ["PID"] = [3], ["ORC"] = [1], ["OBR"] = [4], ["SCH"] = [2, 25], ["TQ1"] = [7, 8], ["AIS"] = [3, 4, 7, 8, 10], ["AIL"] = [3], ["AIP"] = [3], ["TXA"] = [2, 12], ["RXA"] = [3, 5, 6, 7], ["OBX"] = [2, 3, 5], ["NTE"] = [3],
    };

    private static readonly HashSet<string> Kept = ["PID", "ORC", "OBR", "SCH", "TQ1", "RGS", "AIS", "TXA", "RXA"];

    public byte[] Bytes => Encoding.UTF8.GetBytes(string.Concat(Segments.Select(segment => segment.Text + "\r")));

    /// <summary>Every message that says a little less: without one segment, or without one field.</summary>
    public IEnumerable<GeneratedMessage> Smaller()
    {
        for (var i = 1; i < Segments.Count; i++)
        {
            if (!Kept.Contains(Segments[i].Name))
            {
                yield return new GeneratedMessage([.. Segments.Take(i), .. Segments.Skip(i + 1)]);
            }
        }

        for (var i = 0; i < Segments.Count; i++)
        {
            foreach (var field in Segments[i].Fields.Keys.Where(field => field > (i == 0 ? 12 : 1) && !Required.GetValueOrDefault(Segments[i].Name, []).Contains(field)))
            {
                yield return new GeneratedMessage([.. Segments.Take(i), Segments[i].Without(field), .. Segments.Skip(i + 1)]);
            }
        }
    }

    /// <summary>The smallest message, as far as taking parts out leads, for which a property still fails.</summary>
    public GeneratedMessage Shrink(Func<GeneratedMessage, bool> fails)
    {
        var least = this;
        while (least.Smaller().FirstOrDefault(fails) is { } smaller)
        {
            least = smaller;
        }

        return least;
    }
}

internal sealed record GeneratedSegment(string Name, SortedDictionary<int, string> Fields)
{
    public string Text
    {
        get
        {
            var from = Name == "MSH" ? 3 : 1;
            var text = new StringBuilder(Name == "MSH" ? "MSH|^~\\&" : Name);
            for (var number = from; number <= (Fields.Count == 0 ? 0 : Fields.Keys.Last()); number++)
            {
                text.Append('|').Append(CollectionExtensions.GetValueOrDefault(Fields, number));
            }

            return text.ToString();
        }
    }

    public GeneratedSegment Without(int field)
    {
        var fields = new SortedDictionary<int, string>(Fields);
        fields.Remove(field);
        return this with { Fields = fields };
    }
}
