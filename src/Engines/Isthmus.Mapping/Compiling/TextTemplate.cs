using System.Text;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>A text put together from sources: <c>{XTN.6} {XTN.7}</c>. What is empty leaves nothing behind, not even its spaces.</summary>
internal static class TextTemplate
{
    public static RuleAction? Compile(MapScope scope, TextPlace place, string template, Target target)
    {
        var pieces = new List<(byte[] Before, Source? Source)>();
        var at = 0;
        while (at < template.Length)
        {
            var open = template.IndexOf('{', at);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (open >= 0 && close < 0)
            {
                scope.Fault(place, MapRules.Template, "A '{' in a text is closed by '}' and holds a source.");
                return null;
            }

            var before = Encoding.UTF8.GetBytes(template[at..(open < 0 ? template.Length : open)]);
            Source? source = null;
            if (open >= 0 && (source = scope.Read(place, template[(open + 1)..close])) is null)
            {
                return null;
            }

            pieces.Add((before, source));
            at = open < 0 ? template.Length : close + 1;
        }

        var compiled = pieces.ToArray();
        return (run, frame, _) => Write(run, frame, target, compiled);
    }

    private static void Write(TranslationRun run, int frame, Target target, (byte[] Before, Source? Source)[] pieces)
    {
        if (!HasContent(run, frame, pieces) || run.Place(frame, ref target) is not (var parent and >= 0))
        {
            return;
        }

        var length = 0;
        foreach (var (before, source) in pieces)
        {
            length = Append(run, length, before);
            if (source is not null)
            {
                length += run.WriteText(run.Text.Innermost(source(run, frame)), length);
            }
        }

        var text = run.Builder.Room(length)[..length];
        while (length > 0 && text[length - 1] == ' ')
        {
            length--;
        }

        run.Builder.Take(parent, target.Name, target.Repeats, length);
    }

    /// <summary>Asked before the element is made, so that none is left without content.</summary>
    private static bool HasContent(TranslationRun run, int frame, (byte[] Before, Source? Source)[] pieces)
    {
        foreach (var (_, source) in pieces)
        {
            if (source is not null && !run.Text.Innermost(source(run, frame)).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A space at the start or behind another is dropped.</summary>
    private static int Append(TranslationRun run, int length, byte[] text)
    {
        var room = run.Builder.Room(length + text.Length);
        foreach (var b in text)
        {
            if (b != ' ' || (length > 0 && room[length - 1] != ' '))
            {
                room[length++] = b;
            }
        }

        return length;
    }
}
