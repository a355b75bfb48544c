using System.CommandLine;
using Isthmus.Host.Conversion;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;

namespace Isthmus.Host.Commands;

/// <summary><c>convert</c>: messages on disk to FHIR bundles, by the maps of a site, without any store.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "What the files hold: hl7v2, or csv or json of a feed.", DefaultValueFactory = _ => "hl7v2" };
        var to = new Option<string>("--to") { Description = "What they become: fhir.", DefaultValueFactory = _ => "fhir" };
        from.AcceptOnlyFromAmong("hl7v2", "csv", "json");
        to.AcceptOnlyFromAmong("fhir");
        var into = new Option<DirectoryInfo?>("--out") { Description = "Write one bundle per message into this folder: NAME.json, NAME-2.json for the second message of a batch." };
        var zone = new Option<string>("--zone") { Description = "The time zone of times without an offset.", DefaultValueFactory = _ => "UTC" };
        var source = new Option<string>("--source") { Description = "The scope of the messages' numbers and local codes.", DefaultValueFactory = _ => "convert" };
        var feed = new Option<string?>("--map") { Description = "The feed's map, for csv and json." };
        var site = Options.Site();
        var json = Options.Json();
        var paths = new Argument<string[]>("PATH") { Description = "Files, and folders of .hl7, .csv or .json files.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("convert", "Translate message files to FHIR, one Bundle per message.") { from, to, feed, into, zone, source, site, json, paths };
        command.SetAction((parse, cancel) => Run(
            new Request(parse.GetRequiredValue(paths), parse.GetRequiredValue(from), parse.GetValue(feed), parse.GetValue(into), parse.GetRequiredValue(site), parse.GetRequiredValue(zone), parse.GetRequiredValue(source), parse.GetValue(json)),
            cancel));
        return command;
    }

    private static async Task<int> Run(Request request, CancellationToken cancel)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(request.Zone, out var zone))
        {
            await Console.Error.WriteLineAsync($"There is no time zone named {request.Zone}.");
            return 1;
        }

        if (SiteMaps.LoadOrSay(request.Site) is not { } maps)
        {
            return 1;
        }

        var context = new TranslationContext(zone, request.Source, SiteMaps.ConvertIdKey, null, TimeProvider.System.GetUtcNow(), string.Empty);
        if (Convert(maps, context, request) is not { } converted)
        {
            await Console.Error.WriteLineAsync($"--map names a feed of this kind: {string.Join(", ", maps.Feeds.Where(feed => feed.IsCsv == (request.From == "csv")).Select(feed => feed.Name))}");
            return 1;
        }

        var results = new List<ConvertedMessage>();
        request.Into?.Create();
        foreach (var result in converted)
        {
            cancel.ThrowIfCancellationRequested();
            results.Add(result);
            await Write(result, request, cancel);
        }

        Report(results, request);
        return results.Count > 0 && results.TrueForAll(result => result.Converted) ? 0 : 1;
    }

    /// <summary>Null where no feed of that kind has the name.</summary>
    private static IEnumerable<ConvertedMessage>? Convert(MapSet maps, TranslationContext context, Request request)
    {
        var translator = new Translator(maps);
        return request.From == "hl7v2" ? new MessageConversion(translator, context).Convert(request.Paths.SelectMany(MessageConversion.Files))
            : maps.Feeds.FirstOrDefault(feed => feed.Name == request.Feed && feed.IsCsv == (request.From == "csv")) is { } feed
            ? new FeedConversion(feed, translator, context).Convert(request.Paths)
            : null;
    }

    private static async Task Write(ConvertedMessage result, Request request, CancellationToken cancel)
    {
        if (!result.Converted)
        {
            return;
        }

        if (request.Into is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(request.Into.FullName, result.Message + ".json"), result.Bundle, cancel);
        }
        else if (!request.Json)
        {
            Console.OpenStandardOutput().Write([.. result.Bundle.Span, (byte)'\n']);
        }
    }

    private static void Report(List<ConvertedMessage> results, Request request)
    {
        if (request.Json)
        {
            Output.Json(new { converted = results.Count(result => result.Converted), failed = results.Count(result => !result.Converted), messages = results });
            return;
        }

        foreach (var result in results)
        {
            foreach (var finding in result.Findings)
            {
                Console.Error.WriteLine($"{result.Message}: {finding.Rule} at {finding.Location}: {finding.Message}");
            }
        }

        Console.Error.WriteLine($"{results.Count(result => result.Converted)} converted, {results.Count(result => !result.Converted)} failed");
    }

    private sealed record Request(string[] Paths, string From, string? Feed, DirectoryInfo? Into, DirectoryInfo Site, string Zone, string Source, bool Json);
}
