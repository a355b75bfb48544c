using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>The key of a map that makes resources: what two values must agree in to make the same one.</summary>
internal static class KeyParts
{
    /// <summary>Whether all parts lie in the value that the map is called with, none elsewhere in the message.</summary>
    public static bool AreOfValue(IEnumerable<string> parts) =>
        parts.SelectMany(part => part.Split('|')).All(part => SourcePath.Parse(part.Trim()) is { Datatype.Length: > 0 });

    /// <summary>One part of a key; <c>|</c> separates alternatives, of which the first valued one counts.</summary>
    public static Source? Read(MapScope scope, TextPlace place, string text)
    {
        var alternatives = text.Split('|').Select(part => scope.Read(place, part.Trim())).OfType<Source>().ToArray();
        return alternatives.Length < 2 ? alternatives.FirstOrDefault() : (run, frame) =>
        {
            foreach (var alternative in alternatives)
            {
                var value = alternative(run, frame);
                if (run.Text.IsValued(value))
                {
                    return value;
                }
            }

            return default;
        };
    }
}
