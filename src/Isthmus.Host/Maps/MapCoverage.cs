using System.CommandLine;
using System.Globalization;
using Isthmus.Hl7v2;
using Isthmus.Host.Conversion;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Isthmus.Mapping.Feeds;
using Spectre.Console;

namespace Isthmus.Host.Maps;

/// <summary>
/// <c>isthmus map coverage</c>: which fields of messages, or with <c>--map</c> which columns of a feed's files, no rule reads, how often
/// they are valued, and what the standard calls them.
/// </summary>
internal static class MapCoverage
{
    private const string NotListed = "not in the feed's columns";

    public static Command Create(Option<DirectoryInfo> site, Option<bool> json)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Message files, and folders of .hl7 files; with --map, a feed's .csv or .json.", Arity = ArgumentArity.OneOrMore };
        var map = new Option<string?>("--map") { Description = "The feed's map, for csv and json." };
        var command = new Command("coverage", "Count the fields that no rule reads.") { paths, map, site, json };
        command.SetAction(parsed =>
        {
            if (SiteMaps.LoadOrSay(parsed.GetRequiredValue(site)) is not { } maps)
            {
                return 1;
            }

            var counted = new Counts();
            var given = parsed.GetRequiredValue(paths);
            if (parsed.GetValue(map) is not { } name)
            {
                Count(counted, new Translator(maps), given.SelectMany(MessageConversion.Files));
            }
            else if (maps.Feeds.FirstOrDefault(one => one.Name == name) is { } feed)
            {
                Count(counted, new Translator(maps), feed, given.SelectMany(path => FeedConversion.Files(feed, path)));
            }
            else
            {
                Console.Error.WriteLine($"--map names a feed: {string.Join(", ", maps.Feeds.Select(one => one.Name))}");
                return 1;
            }

            Report(counted.Result(), parsed.GetValue(json));
            return counted.Messages > 0 ? 0 : 1;
        });
        return command;
    }

    private static void Count(Counts counted, Translator translator, IEnumerable<string> files)
    {
        foreach (var message in files.SelectMany(path => Hl7Batch.Messages(File.ReadAllBytes(path))))
        {
            if (Hl7Message.Parse(message).Message is not { } read)
            {
                counted.Unreadable++;
                continue;
            }

            using var translation = translator.Translate(read, MapExample.Context);
            counted.Add(translation.UnreadFields().Select(place => ($"{place.Segment ?? "(no name)"}-{place.Field}", FieldNames.Of(new Hl7Location(place.Segment, 1, place.Field)))));
        }
    }

    private static void Count(Counts counted, Translator translator, FeedMap feed, IEnumerable<string> files)
    {
        foreach (var record in files.SelectMany(path => feed.Read(File.ReadAllBytes(path))))
        {
            if (record.Message is not { } read)
            {
                counted.Unreadable++;
                continue;
            }

            using var translation = translator.Translate(read, MapExample.Context);
            counted.Add(
            [
                .. record.Unknown.Select(column => (column, (string?)NotListed)),
                .. translation.UnreadFields().Select(feed.ColumnOf).OfType<string>().Select(column => (column, (string?)null)),
            ]);
        }
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
            table.AddRow(Markup.Escape(field.Field), Markup.Escape(field.Name ?? string.Empty), field.Messages.ToString(CultureInfo.InvariantCulture), field.Values.ToString(CultureInfo.InvariantCulture));
        }

        Output.Table(table, "Every valued field is read by some rule.");
        Output.People.MarkupLineInterpolated($"{counted.Messages} messages, {counted.Unread.Count} fields that no rule reads{(counted.Unreadable > 0 ? $", {counted.Unreadable} messages unreadable" : string.Empty)}");
    }

    private sealed class Counts
    {
        private readonly Dictionary<string, UnreadField> fields = new(StringComparer.Ordinal);

        public int Messages { get; private set; }

        public int Unreadable { get; set; }

        /// <summary>A message with the fields of it that no rule reads, once for every value.</summary>
        public void Add(IEnumerable<(string Field, string? Name)> unread)
        {
            Messages++;
            foreach (var field in unread.GroupBy(one => one.Field, StringComparer.Ordinal))
            {
                var before = fields.GetValueOrDefault(field.Key) ?? new UnreadField(field.Key, field.First().Name, 0, 0);
                fields[field.Key] = before with { Messages = before.Messages + 1, Values = before.Values + field.Count() };
            }
        }

        public Counted Result() => new(Messages, Unreadable, [.. fields.Values.OrderByDescending(field => field.Messages).ThenBy(field => field.Field, PlaceOrder)]);

        /// <summary>PID-3 before PID-11.</summary>
        private static readonly Comparer<string> PlaceOrder = Comparer<string>.Create((one, other) => string.Compare(one, other, CultureInfo.InvariantCulture, CompareOptions.NumericOrdering));
    }

    private sealed record Counted(int Messages, int Unreadable, IReadOnlyList<UnreadField> Unread);

    private sealed record UnreadField(string Field, string? Name, int Messages, int Values);
}
