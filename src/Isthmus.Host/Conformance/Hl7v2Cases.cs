using System.CommandLine;
using Isthmus.Host.Conversion;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Spectre.Console;

namespace Isthmus.Host.Conformance;

/// <summary>
/// <c>isthmus conformance hl7v2</c>: a folder of messages to FHIR, one bundle per message, the file's name kept. A message that cannot be
/// read yields a bundle that says why.
/// </summary>
internal static class Hl7v2Cases
{
    public static Command Create(Option<DirectoryInfo> site, Option<bool> json)
    {
        var messages = new Argument<DirectoryInfo>("DIR") { Description = "The folder of .hl7 files." };
        var into = new Option<DirectoryInfo>("--out") { Description = "Where the bundles go: NAME.json, NAME-2.json for the second message of a batch.", Required = true };
        var command = new Command("hl7v2", "Translate each message of a folder to a FHIR bundle.") { messages, into, site, json };
        command.SetAction(parsed =>
        {
            if (SiteMaps.LoadOrSay(parsed.GetRequiredValue(site)) is not { } maps)
            {
                return 1;
            }

            var results = Convert(maps, parsed.GetRequiredValue(messages), parsed.GetRequiredValue(into));
            Report(results, parsed.GetValue(json));
            return results.TrueForAll(result => result.Converted) ? 0 : 1;
        });
        return command;
    }

    private static List<ConvertedMessage> Convert(MapSet maps, DirectoryInfo messages, DirectoryInfo into)
    {
        var context = new TranslationContext(TimeZoneInfo.Utc, "conformance", SiteMaps.ConvertIdKey, null, TimeProvider.System.GetUtcNow(), string.Empty);
        var conversion = new MessageConversion(new Translator(maps), context);
        var results = new List<ConvertedMessage>();
        into.Create();
        foreach (var result in conversion.Convert(MessageConversion.Files(messages.FullName)))
        {
            results.Add(result);
            File.WriteAllBytes(Path.Combine(into.FullName, result.Message + ".json"), result.Bundle.Span);
        }

        return results;
    }

    private static void Report(List<ConvertedMessage> results, bool json)
    {
        var findings = results.SelectMany(result => result.Findings).CountBy(finding => finding.Rule).OrderByDescending(count => count.Value).ToList();
        if (json)
        {
            Output.Json(new
            {
                messages = results.Count,
                converted = results.Count(result => result.Converted),
                resources = results.Sum(result => result.Resources),
                findings = findings.ToDictionary(count => count.Key, count => count.Value, StringComparer.Ordinal),
                cases = results,
            });
            return;
        }

        Output.People.MarkupLineInterpolated(
            $"{results.Count} messages, {results.Count(result => result.Converted)} converted, {results.Sum(result => result.Resources)} resources, {results.Sum(result => result.UnreadFields.Count)} fields unread");
        foreach (var (rule, count) in findings)
        {
            Output.People.MarkupLineInterpolated($"{count,6} {rule}");
        }
    }
}
