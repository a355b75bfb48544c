using System.Buffers;
using System.CommandLine;
using Isthmus.Hl7v2;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;

namespace Isthmus.Host.Commands;

/// <summary><c>convert</c>: messages on disk to FHIR bundles, by the maps of a site, without any store.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "What the files hold: hl7v2.", DefaultValueFactory = _ => "hl7v2" };
        var to = new Option<string>("--to") { Description = "What they become: fhir.", DefaultValueFactory = _ => "fhir" };
        from.AcceptOnlyFromAmong("hl7v2");
        to.AcceptOnlyFromAmong("fhir");
        var into = new Option<DirectoryInfo?>("--out") { Description = "Write one bundle per message into this folder: NAME.json, NAME-2.json for the second message of a batch." };
        var zone = new Option<string>("--zone") { Description = "The time zone of times without an offset.", DefaultValueFactory = _ => "UTC" };
        var source = new Option<string>("--source") { Description = "The scope of the messages' numbers and local codes.", DefaultValueFactory = _ => "convert" };
        var site = Options.Site();
        var json = Options.Json();
        var paths = new Argument<string[]>("PATH") { Description = "Files, and folders of .hl7 files.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("convert", "Translate message files to FHIR, one Bundle per message.") { from, to, into, zone, source, site, json, paths };
        command.SetAction((parse, cancel) => Run(
            new Request(parse.GetRequiredValue(paths), parse.GetValue(into), parse.GetRequiredValue(site), parse.GetRequiredValue(zone), parse.GetRequiredValue(source), parse.GetValue(json)),
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

        var loaded = SiteMaps.Load(request.Site);
        if (loaded.Maps is null)
        {
            foreach (var fault in loaded.Faults)
            {
                await Console.Error.WriteLineAsync(fault.ToString());
            }

            return 1;
        }

        var context = new TranslationContext(zone, request.Source, SiteMaps.ConvertIdKey, null, TimeProvider.System.GetUtcNow(), string.Empty);
        var translator = new Translator(loaded.Maps);
        var results = new List<Result>();
        request.Into?.Create();
        foreach (var path in request.Paths.SelectMany(Files))
        {
            var number = 0;
            foreach (var message in Hl7Batch.Messages(await File.ReadAllBytesAsync(path, cancel)))
            {
                cancel.ThrowIfCancellationRequested();
                var name = Path.GetFileNameWithoutExtension(path) + (++number == 1 ? string.Empty : $"-{number}");
                results.Add(await Convert(translator, message, name, context with { MessageReference = name }, request, cancel));
            }

            if (number == 0)
            {
                results.Add(new Result(Path.GetFileName(path), false, 0, [], [new Finding("convert.file-empty", "message", "The file holds no message.")]));
            }
        }

        Report(results, request);
        return results.Count > 0 && results.TrueForAll(result => result.Converted) ? 0 : 1;
    }

    private static async Task<Result> Convert(
        Translator translator, ReadOnlyMemory<byte> message, string name, TranslationContext context, Request request, CancellationToken cancel)
    {
        var read = Hl7Message.Parse(message);
        var findings = read.Findings.Select(finding => new Finding(finding.RuleId, finding.Location.ToString(), finding.Text)).ToList();
        if (!read.IsReadable)
        {
            return new Result(name, false, 0, [], findings);
        }

        using var translation = translator.Translate(read.Message, context);
        findings.AddRange(translation.Findings.Select(finding => new Finding(finding.Rule, finding.Location.ToString(), finding.Message)));
        var unread = translation.UnreadFields().Select(field => field.ToString()).ToList();
        if (translation.Resources.Count == 0)
        {
            return new Result(name, false, 0, unread, findings);
        }

        var output = new ArrayBufferWriter<byte>();
        translation.WriteBundle(output);
        if (request.Into is not null)
        {
            await File.WriteAllBytesAsync(Path.Combine(request.Into.FullName, name + ".json"), output.WrittenMemory, cancel);
        }
        else if (!request.Json)
        {
            Console.OpenStandardOutput().Write([.. output.WrittenSpan, (byte)'\n']);
        }

        return new Result(name, true, translation.Resources.Count, unread, findings);
    }

    private static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.hl7", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];

    private static void Report(List<Result> results, Request request)
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

    private sealed record Request(string[] Paths, DirectoryInfo? Into, DirectoryInfo Site, string Zone, string Source, bool Json);

    private sealed record Result(string Message, bool Converted, int Resources, IReadOnlyList<string> UnreadFields, IReadOnlyList<Finding> Findings);

    private sealed record Finding(string Rule, string Location, string Message);
}
