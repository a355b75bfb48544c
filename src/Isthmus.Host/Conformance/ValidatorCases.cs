using System.CommandLine;
using System.Text;
using System.Text.Json;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation;
using Isthmus.Host.Terminal;

namespace Isthmus.Host.Conformance;

/// <summary><c>isthmus conformance validator</c>: the official validator's cases, one line of issues per case.</summary>
internal static class ValidatorCases
{
    public static Command Create(Option<bool> json)
    {
        var cases = CaseFile.Argument();
        var answers = CaseFile.Out();
        var packages = PackageFiles.Option();
        var command = new Command("validator", "Validate the resource of each case.") { cases, answers, packages, json };
        command.SetAction(parsed =>
        {
            var file = new CaseFile(parsed.GetRequiredValue(cases));
            var definitions = PackageFiles.Load(parsed.GetValue(packages) ?? []);
            var count = file.Answer(parsed.GetRequiredValue(answers), one => Answer(file, definitions, one));
            if (parsed.GetValue(json))
            {
                Output.Json(new { cases = count });
            }

            return 0;
        });
        return command;
    }

    private static object Answer(CaseFile file, DefinitionSet definitions, JsonElement one)
    {
        var supporting = Strings(one, "supporting").Concat(Profiles(one).Where(IsPath)).Distinct(StringComparer.Ordinal)
            .Select(path => FhirJsonReader.Read(File.ReadAllBytes(file.PathOf(path))).Tape)
            .OfType<FhirTape>().ToList();
        if (supporting.Count > 0)
        {
            definitions = definitions.With(DefinitionPackage.Of("case", "1", supporting));
        }

        var resource = one.TryGetProperty("resource", out var inline) && inline.ValueKind == JsonValueKind.Object
            ? Encoding.UTF8.GetBytes(inline.GetRawText())
            : File.ReadAllBytes(file.PathOf(one.GetProperty("file").GetString()!));
        var profiles = Profiles(one).Select(profile => IsPath(profile) ? UrlOf(file.PathOf(profile)) : profile).ToList();
        var result = FhirValidator.For(definitions).Validate(resource, ValidationOptions.Default with { Profiles = profiles, Now = TimeProvider.System.GetUtcNow() });
        return new
        {
            id = one.GetProperty("id").GetString(),
            issues = result.Findings.Select(finding => new
            {
                severity = finding.Severity.ToString().ToLowerInvariant(),
                code = finding.Rule.Code,
                expression = finding.Expression.Length == 0 ? Array.Empty<string>() : [finding.Expression],
                rule = finding.Rule.Id,
                line = finding.Position.Line,
                column = finding.Position.Column,
                text = finding.Message,
            }),
        };
    }

    private static IEnumerable<string> Profiles(JsonElement one) =>
        Strings(one, "profiles").Concat(one.TryGetProperty("profile", out var profile) && profile.ValueKind == JsonValueKind.String ? [profile.GetString()!] : []);

    private static IEnumerable<string> Strings(JsonElement one, string name) =>
        one.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray().Select(item => item.GetString()!) : [];

    private static bool IsPath(string profile) => !profile.Contains(':', StringComparison.Ordinal);

    private static string UrlOf(string path) => FhirJsonReader.Read(File.ReadAllBytes(path)).Root["url"u8].AsString() ?? path;
}
