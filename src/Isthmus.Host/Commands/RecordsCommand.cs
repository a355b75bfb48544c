using System.CommandLine;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Spectre.Console;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus records load FILE…</c>: registers persons and their consents from FHIR resources.</summary>
internal static class RecordsCommand
{
    public static Command Create() => new("records", "What is held of persons.") { Load() };

    private static Command Load()
    {
        var files = new Argument<FileInfo[]>("files") { Description = "NDJSON files of Patient and Consent resources.", Arity = ArgumentArity.OneOrMore };
        var site = Options.Site();
        var json = Options.Json();
        var command = new Command("load", "Register patients, then record consents. A load may be repeated.") { files, site, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var model = SiteOpening.Load(parsed.GetValue(site)!);
            await using var installation = await Installation.OpenAsync([ZoneRole.Mediation], NullLoggerFactory.Instance, cancellation);
            installation.UseKeysOf(model);
            var loaded = await RecordLoad.RunAsync(installation, model, parsed.GetValue(files)!, cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(loaded);
            }
            else
            {
                Output.People.MarkupLineInterpolated(
                    $"{loaded.Registered} patients registered, {loaded.Known} known already, {loaded.Consents} consents recorded.");
                foreach (var finding in loaded.Findings)
                {
                    Output.People.MarkupLineInterpolated($"{finding.Location}: {finding.Rule}: {finding.Text}");
                }
            }

            return loaded.Findings.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
