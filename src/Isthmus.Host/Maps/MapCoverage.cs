using System.CommandLine;
using System.Globalization;
using Isthmus.Hl7v2;
using Isthmus.Host.Conversion;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Spectre.Console;

namespace Isthmus.Host.Maps;

/// <summary><c>isthmus map coverage</c>: which fields of a feed no rule reads, how often they are valued, and what the standard calls them.</summary>
internal static class MapCoverage
{
    public static Command Create(Option<DirectoryInfo> site, Option<bool> json)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Message files, and folders of .hl7 files.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("coverage", "Count the fields that no rule reads.") { paths, site, json };
        command.SetAction(parsed =>
        {
            if (SiteMaps.LoadOrSay(parsed.GetRequiredValue(site)) is not { } maps)
            {
                return 1;
            }

            var counted = Count(new Translator(maps), parsed.GetRequiredValue(paths).SelectMany(MessageConversion.Files));
            Report(counted, parsed.GetValue(json));
            return counted.Messages > 0 ? 0 : 1;
        });
        return command;
    }

    private static Counted Count(Translator translator, IEnumerable<string> files)
    {
        var fields = new Dictionary<(string Segment, int Field), (int Values, int Messages)>();
        int messages = 0, unreadable = 0;
        foreach (var message in files.SelectMany(path => Hl7Batch.Messages(File.ReadAllBytes(path))))
        {
            if (Hl7Message.Parse(message).Message is not { } read)
            {
                unreadable++;
                continue;
            }

            messages++;
            using var translation = translator.Translate(read, MapExample.Context);
            foreach (var field in translation.UnreadFields().GroupBy(place => (place.Segment ?? "(no name)", place.Field)))
            {
                var (values, within) = fields.GetValueOrDefault(field.Key);
                fields[field.Key] = (values + field.Count(), within + 1);
            }
        }

        return new Counted(messages, unreadable,
        [
            .. fields.OrderByDescending(field => field.Value.Messages).ThenBy(field => field.Key.Segment, StringComparer.Ordinal).ThenBy(field => field.Key.Field)
                .Select(field => new UnreadField($"{field.Key.Segment}-{field.Key.Field}", FieldNames.Of(new Hl7Location(field.Key.Segment, 1, field.Key.Field)), field.Value.Messages, field.Value.Values)),
        ]);
    }

    private static void Report(Counted counted, bool json)
    {
        if (json)
        {
            Output.Json(counted);
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("field", "name", "messages", "values");
        foreach (var field in counted.Unread)
        {
            table.AddRow(field.Field, Markup.Escape(field.Name ?? string.Empty), field.Messages.ToString(CultureInfo.InvariantCulture), field.Values.ToString(CultureInfo.InvariantCulture));
        }

        Output.Table(table, "Every valued field is read by some rule.");
        Output.People.MarkupLineInterpolated($"{counted.Messages} messages, {counted.Unread.Count} fields that no rule reads{(counted.Unreadable > 0 ? $", {counted.Unreadable} messages unreadable" : string.Empty)}");
    }

    private sealed record Counted(int Messages, int Unreadable, IReadOnlyList<UnreadField> Unread);

    private sealed record UnreadField(string Field, string? Name, int Messages, int Values);
}
