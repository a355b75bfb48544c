using System.CommandLine;
using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Host.Conformance;
using Isthmus.Host.Terminal;
using Spectre.Console;
using ValidationResult = Isthmus.Fhir.Validation.ValidationResult;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus validate</c>: FHIR resources on disk against R4, guides and profiles.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var profiles = new Option<string[]>("--profile") { Description = "Canonical URL of a profile to validate against, besides those the resource claims. May be given several times." };
        var packages = PackageFiles.Option();
        var structure = new Option<bool>("--structure") { Description = "Only structure and formats; no profiles, invariants or terminology." };
        var first = new Option<bool>("--first") { Description = "Stop at the first error of each file." };
        var rules = new Option<bool>("--rules") { Description = "Print every rule with an example and a remedy, and validate nothing." };
        var json = Options.Json();
        var paths = new Argument<string[]>("PATH") { Description = "Files, and folders of .json files.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("validate", "Validate FHIR resources and say what is wrong, where, and what was expected.") { profiles, packages, structure, first, rules, json, paths };
        command.SetAction((parsed, cancel) =>
        {
            if (parsed.GetValue(rules))
            {
                return Task.FromResult(Rules(parsed.GetValue(json)));
            }

            var options = new ValidationOptions
            {
                Profiles = parsed.GetValue(profiles) ?? [],
                Mode = parsed.GetValue(structure) ? ValidationMode.Structure : ValidationMode.Full,
                StopAtFirstError = parsed.GetValue(first),
                Now = TimeProvider.System.GetUtcNow(),
            };
            string[] given = [.. parsed.GetValue(paths) ?? [], .. parsed.GetValue(packages) ?? []];
            if (given.FirstOrDefault(path => !File.Exists(path) && !Directory.Exists(path)) is { } missing)
            {
                Complaint.Print($"file.missing: there is no file or folder {missing}.");
                return Task.FromResult(1);
            }

            var definitions = PackageFiles.Load(parsed.GetValue(packages) ?? []);
            if (options.Profiles.FirstOrDefault(profile => !definitions.FindStructure(profile).Exists) is { } unknown)
            {
                Complaint.Print($"profile.unknown: neither R4 nor a guide given with --package has the profile {unknown}.");
                return Task.FromResult(1);
            }

            return Run(parsed.GetValue(paths) ?? [], definitions, options, parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static int Rules(bool json)
    {
        if (json)
        {
            Output.Json(FindingCatalogue.All);
        }
        else
        {
            Console.Out.Write(FindingCatalogue.ToMarkdown());
        }

        return 0;
    }

    private static async Task<int> Run(string[] paths, DefinitionSet definitions, ValidationOptions options, bool json, CancellationToken cancel)
    {
        var validator = FhirValidator.For(definitions);
        var results = new List<(string Path, ValidationResult Result)>();
        foreach (var path in paths.SelectMany(Files))
        {
            results.Add((path, validator.Validate(await File.ReadAllBytesAsync(path, cancel), options)));
        }

        if (json)
        {
            Outcomes(results);
        }
        else
        {
            Print(results);
        }

        return results.Count > 0 && results.TrueForAll(one => one.Result.IsValid) ? 0 : 1;
    }

    private static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];

    /// <summary>One file's OperationOutcome, or one per line for several.</summary>
    private static void Outcomes(List<(string Path, ValidationResult Result)> results)
    {
        foreach (var (_, result) in results)
        {
            Console.Out.WriteLine(Encoding.UTF8.GetString(result.ToOperationOutcome()));
        }
    }

    private static void Print(List<(string Path, ValidationResult Result)> results)
    {
        foreach (var (path, result) in results.Where(one => one.Result.Findings.Count > 0))
        {
            Output.People.MarkupLineInterpolated($"[bold]{path}[/]");
            var table = new Table().AddColumns("line", "severity", "where", "what", "rule");
            foreach (var finding in result.Findings)
            {
                table.AddRow(
                    $"{finding.Position.Line}:{finding.Position.Column}", finding.IsError ? "[red]error[/]" : finding.Severity.ToString().ToLowerInvariant(),
                    Markup.Escape(finding.Expression), Markup.Escape(Told(finding)), finding.Rule.Id);
            }

            Output.People.Write(table);
        }

        var valid = results.Count(one => one.Result.IsValid);
        Output.People.MarkupLineInterpolated($"{valid} valid, {results.Count - valid} not");
    }

    private static string Told(Finding finding) => finding.Profile is null ? finding.Message : $"{finding.Message} ({finding.Profile})";
}
