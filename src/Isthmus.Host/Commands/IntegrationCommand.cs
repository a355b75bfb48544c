using System.CommandLine;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;
using Isthmus.Host.Integrations;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus integration draft</c>: the first draft of a contract from a sample message.</summary>
internal static class IntegrationCommand
{
    public static Command Create() => new("integration", "Begin an integration.") { Draft() };

    private static Command Draft()
    {
        var sample = new Argument<FileInfo>("SAMPLE") { Description = "A message as the source will send it, of an invented patient." };
        var name = new Option<string>("--name") { Description = "The integration's name: small letters, digits and hyphens.", Required = true };
        var (folder, json) = (Options.Site(), Options.Json());
        var command = new Command("draft", "Write a contract that lists every field of a sample message and lets none of them cross yet.") { sample, name, folder, json };
        command.SetAction(parsed =>
        {
            var site = parsed.GetRequiredValue(folder);
            var called = parsed.GetRequiredValue(name);
            var model = SiteOpening.Load(site);
            var bytes = File.ReadAllBytes(parsed.GetRequiredValue(sample).FullName);
            var message = Hl7Message.Parse(Hl7Batch.Messages(bytes).FirstOrDefault()).Message;
            var contract = new FileInfo(Path.Combine(site.FullName, "integrations", $"{called}.yaml"));
            if (message is null || !message.First("PID").Exists)
            {
                Complaint.Print("integration.sample-unusable: the sample is no HL7 v2 message with a patient (MSH, PID).");
                return 1;
            }

            if (!called.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') || contract.Exists)
            {
                Complaint.Print($"integration.name-taken: {called} is no name of small letters, digits and hyphens, or {contract.Name} is there already.");
                return 1;
            }

            if (SiteMaps.LoadOrSay(site) is not { } maps)
            {
                return 1;
            }

            Write(model, contract, called, message, maps);
            string[] next = [$"isthmus site check {site}", $"isthmus map explain {parsed.GetRequiredValue(sample)} --site {site}"];
            if (parsed.GetValue(json))
            {
                Output.Json(new { contract = contract.FullName, next });
                return 0;
            }

            Output.People.MarkupLineInterpolated($"{contract.FullName}: say why each field crosses, and make its rule optional or required. Then:");
            foreach (var step in next)
            {
                Output.People.MarkupLineInterpolated($"    {step}");
            }

            return 0;
        });
        return command;
    }

    private static void Write(SiteModel site, FileInfo contract, string name, Hl7Message message, MapSet maps)
    {
        var samples = Directory.CreateDirectory(Path.Combine(contract.Directory!.Parent!.FullName, "samples", "messages"));
        var whole = message.Raw.ToArray();
        File.WriteAllBytes(Path.Combine(samples.FullName, $"{name}.hl7"), whole);
        File.WriteAllBytes(Path.Combine(samples.FullName, $"{name}-headless.hl7"), whole[(whole.AsSpan().IndexOf((byte)'\r') + 1)..]);
        var explained = new Translator(maps).Explain(message, new TranslationContext(
            site.Contracts[0].Source.Zone, name, SiteMaps.ConvertIdKey, PatientId: null, DateTimeOffset.UnixEpoch, name));
        var text = new ContractDraftText(site, name, message, explained, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime))
            .Write(MapFor(site, message), $"samples/messages/{name}.hl7", $"samples/messages/{name}-headless.hl7");
        File.WriteAllText(contract.FullName, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>The map of the message's structure, else the one for what has none of its own.</summary>
    private static VersionPin MapFor(SiteModel site, Hl7Message message)
    {
        var type = message.Msh.Field(9);
        var structure = Hl7Definitions.StructureName(type.Component(1).GetText(), type.Component(2).GetText(), type.Component(3).GetText());
        foreach (var wanted in (string?[])[structure, $"{type.Component(1).GetText()}_{type.Component(2).GetText()}", "GENERIC"])
        {
            foreach (var path in (string[])[$"maps/{wanted}.yaml", $"{MapLibrary.Folder}hl7v2/{wanted}.yaml"])
            {
                if (wanted is not null && site.Files.Files.TryGetValue(path, out var bytes)
                    && Encoding.UTF8.GetString(bytes.Span).Split('\n').FirstOrDefault(l => l.StartsWith("version: ", StringComparison.Ordinal)) is { } version)
                {
                    return new VersionPin(wanted, version["version: ".Length..].Trim());
                }
            }
        }

        return new VersionPin("<map>", "1.0.0");
    }
}
