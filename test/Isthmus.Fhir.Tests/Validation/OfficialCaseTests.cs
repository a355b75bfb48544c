using System.Text.Json.Nodes;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>The official validator's cases: verdicts by tier, nothing refused that is right, and errors where the case names them.</summary>
public sealed class OfficialCaseTests
{
    private const double LeastLocated = 0.90;

    /// <summary>The same bytes as the case contained-resource-bad-id, which must be refused; here an option of that validator ignores what is contained.</summary>
    private const string Contradiction = "contained-resource-bad-id-ignore#base";

    private static readonly Lazy<List<Answer>> Answers = new(() =>
        [.. File.ReadLines(Conformance.PathOf("validator", "cases.jsonl")).Select(line => Ask(JsonNode.Parse(line)!))]);

    [ConformanceTheory("validator")]
    [InlineData(1, 0.97)]
    [InlineData(2, 0.92)]
    [InlineData(3, 0.60)]
    public void Verdicts_are_right(int tier, double least)
    {
        var answers = Answers.Value.Where(answer => answer.Tier == tier).ToList();
        var wrong = answers.Where(answer => answer.Expected != answer.Found.Count > 0).Select(answer => answer.Id).ToList();

        Assert.True(answers.Count - wrong.Count >= least * answers.Count, $"{wrong.Count} of {answers.Count} are wrong: {string.Join(", ", wrong)}");
    }

    [ConformanceFact("validator")]
    public void Nothing_right_is_refused() =>
        Assert.Empty(Answers.Value.Where(answer => !answer.Expected && answer.Found.Count > 0 && answer.Id != Contradiction).Select(answer => $"{answer.Id}: {answer.Found[0]}"));

    [ConformanceFact("validator")]
    public void Errors_are_where_the_cases_name_them()
    {
        var named = Answers.Value.Where(answer => answer.Places.Count > 0 && answer.Found.Count > 0).ToList();
        var elsewhere = named.Where(answer => !answer.Found.Exists(answer.Places.Contains)).Select(answer => $"{answer.Id}: {answer.Found[0]}").ToList();

        Assert.True(named.Count - elsewhere.Count >= LeastLocated * named.Count, string.Join("\n", elsewhere));
    }

    private static Answer Ask(JsonNode row)
    {
        var folder = Conformance.PathOf("validator");
        var profile = (string?)row["profile"];
        var supporting = row["supporting"]!.AsArray().Select(path => (string)path!).Concat(IsPath(profile) ? [profile!] : []).Distinct(StringComparer.Ordinal)
            .Select(path => FhirJsonReader.Read(File.ReadAllBytes(Path.Combine(folder, path))).Tape).OfType<FhirTape>().ToList();
        var definitions = supporting.Count == 0 ? DefinitionSet.R4 : DefinitionSet.R4.With(DefinitionPackage.Of("case", "1", supporting));
        var asked = IsPath(profile) ? FhirJsonReader.Read(File.ReadAllBytes(Path.Combine(folder, profile!))).Root["url"u8].AsString() : profile;
        var result = FhirValidator.For(definitions).Validate(
            File.ReadAllBytes(Path.Combine(folder, (string)row["file"]!)), new ValidationOptions { Profiles = asked is null ? [] : [asked] });

        var expected = row["expected"]!["issues"]?.AsArray().Where(issue => (string?)issue!["severity"] is "error" or "fatal").ToList() ?? [];
        return new Answer(
            (string)row["id"]!, (int)row["tier"]!, expected.Count > 0 || (int?)row["expected"]!["errorCount"] > 0,
            [.. expected.SelectMany(issue => issue!["expression"]!.AsArray()).Select(place => Plain((string)place!)).Where(place => place.Length > 0)],
            [.. result.Findings.Where(finding => finding.IsError).Select(finding => Plain(finding.Expression))]);
    }

    private static bool IsPath(string? profile) => profile?.Contains(':', StringComparison.Ordinal) == false;

    /// <summary>An expression without indexes and comments.</summary>
    private static string Plain(string expression)
    {
        var plain = new System.Text.StringBuilder();
        for (var at = 0; at < expression.Length; at++)
        {
            at = expression[at] == '[' ? expression.IndexOf(']', at) : expression[at..].StartsWith("/*", StringComparison.Ordinal) ? expression.IndexOf("*/", at, StringComparison.Ordinal) + 1 : at;
            if (expression[at] is not (']' or '/'))
            {
                plain.Append(expression[at]);
            }
        }

        return plain.ToString().TrimEnd('.');
    }

    private sealed record Answer(string Id, int Tier, bool Expected, List<string> Places, List<string> Found);
}
