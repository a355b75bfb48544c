using System.CommandLine;
using Isthmus.Host.Conversion;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Host.Commands;

/// <summary><c>convert</c>: files on disk to FHIR, or from FHIR to HL7 v2, by the maps of a site, without any store.</summary>
internal static class ConvertCommand
{
    private const string Hl7 = "hl7v2";
    private const string Fhir = "fhir";

    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "What the files hold: hl7v2, fhir, or csv or json of a feed.", DefaultValueFactory = _ => Hl7 };
        var to = new Option<string?>("--to") { Description = "What they become: fhir, or of fhir hl7v2." };
        from.AcceptOnlyFromAmong(Hl7, Fhir, "csv", "json");
        to.AcceptOnlyFromAmong(Hl7, Fhir);
        var message = new Option<string?>("--message") { Description = "Which message FHIR is to become, such as ORU_R01; without it MessageHeader.eventCoding or the content tells." };
        var into = new Option<DirectoryInfo?>("--out") { Description = "Write one file per message into this folder: NAME.json or NAME.hl7, NAME-2 for the second message of a batch." };
        var zone = new Option<string>("--zone") { Description = "The time zone of times without an offset, where MSH-7 has none either: its offset comes first.", DefaultValueFactory = _ => "UTC" };
        var source = new Option<string>("--source") { Description = "The scope of the messages' numbers and local codes.", DefaultValueFactory = _ => "convert" };
        var feed = new Option<string?>("--map") { Description = "The feed's map, for csv and json." };
        var check = new Option<bool>("--check") { Description = "Hold HL7 v2 against the standard as well: segments out of place or missing, fields missing, too often or unknown. Findings only." };
        var site = Options.Site();
        var json = Options.Json();
        var paths = new Argument<string[]>("PATH") { Description = "Files, and folders of .hl7, .csv or .json files.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("convert", "Translate messages to FHIR Bundles, or Bundles to HL7 v2 messages.") { from, to, message, feed, into, check, zone, source, site, json, paths };
        command.Validators.Add(result =>
        {
            if (result.GetValue(to) is { } wanted && (wanted == Fhir) == (result.GetValue(from) == Fhir))
            {
                result.AddError("FHIR becomes hl7v2, everything else becomes fhir.");
            }
        });
        command.SetAction((parse, cancel) => Run(
            new Request(
                parse.GetRequiredValue(paths), parse.GetRequiredValue(from), parse.GetValue(message), parse.GetValue(feed), parse.GetValue(into),
                parse.GetRequiredValue(site), parse.GetRequiredValue(zone), parse.GetRequiredValue(source), parse.GetValue(check), parse.GetValue(json)),
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

        var now = TimeProvider.System.GetUtcNow();
        if (request.From == Fhir)
        {
            var writing = new ReverseConversion(new ReverseTranslator(maps), new ReverseContext(now, request.Source), request.Message);
            return await Each(
                writing.Convert(request.Paths.SelectMany(ReverseConversion.Files)),
                result => new Outcome(result.Message + ".hl7", result.Converted, result.Text, result.Findings),
                request,
                cancel);
        }

        var context = new TranslationContext(zone, request.Source, SiteMaps.ConvertIdKey, null, now, string.Empty);
        if (Convert(maps, context, request) is not { } converted)
        {
            await Console.Error.WriteLineAsync($"--map names a feed of this kind: {string.Join(", ", maps.Feeds.Where(feed => feed.IsCsv == (request.From == "csv")).Select(feed => feed.Name))}");
            return 1;
        }

        return await Each(converted, result => new Outcome(result.Message + ".json", result.Converted, result.Bundle, result.Findings), request, cancel);
    }

    /// <summary>Null where no feed of that kind has the name.</summary>
    private static IEnumerable<ConvertedMessage>? Convert(MapSet maps, TranslationContext context, Request request)
    {
        var translator = new Translator(maps);
        return request.From == Hl7 ? new MessageConversion(translator, context, request.Check).Convert(request.Paths.SelectMany(MessageConversion.Files))
            : maps.Feeds.FirstOrDefault(feed => feed.Name == request.Feed && feed.IsCsv == (request.From == "csv")) is { } feed
            ? new FeedConversion(feed, translator, context).Convert(request.Paths)
            : null;
    }

    /// <summary>Writes and reports each result; 0 if there was one and every one succeeded.</summary>
    private static async Task<int> Each<T>(IEnumerable<T> converted, Func<T, Outcome> outcomeOf, Request request, CancellationToken cancel)
    {
        var results = new List<T>();
        var failed = 0;
        request.Into?.Create();
        foreach (var result in converted)
        {
            cancel.ThrowIfCancellationRequested();
            var outcome = outcomeOf(result);
            results.Add(result);
            failed += outcome.Converted ? 0 : 1;
            await Write(outcome, request, cancel);
        }

        if (request.Json)
        {
            Output.Json(new { converted = results.Count - failed, failed, messages = results });
        }
        else
        {
            await Console.Error.WriteLineAsync($"{results.Count - failed} converted, {failed} failed");
        }

        return results.Count > 0 && failed == 0 ? 0 : 1;
    }

    private static async Task Write(Outcome outcome, Request request, CancellationToken cancel)
    {
        if (outcome.Converted && request.Into is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(request.Into.FullName, outcome.FileName), outcome.Content, cancel);
        }
        else if (outcome.Converted && !request.Json)
        {
            Console.OpenStandardOutput().Write([.. outcome.Content.Span, (byte)'\n']);
        }

        foreach (var finding in request.Json ? [] : outcome.Findings)
        {
            await Console.Error.WriteLineAsync($"{Path.GetFileNameWithoutExtension(outcome.FileName)}: {finding.Rule} at {finding.Location}: {finding.Message}");
        }
    }

    private sealed record Request(
        string[] Paths, string From, string? Message, string? Feed, DirectoryInfo? Into, DirectoryInfo Site, string Zone, string Source, bool Check, bool Json);

    /// <summary>What the command needs of either direction's result.</summary>
    private sealed record Outcome(string FileName, bool Converted, ReadOnlyMemory<byte> Content, IReadOnlyList<ConversionFinding> Findings);
}
