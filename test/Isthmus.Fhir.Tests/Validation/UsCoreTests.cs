using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>US Core 6.1.0: its own examples are right, and each of their single-fault mutants is wrong.</summary>
public sealed class UsCoreTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const double LeastCaught = 0.99;

    [ConformanceFact("uscore")]
    public void Its_examples_have_no_error()
    {
        var validator = FhirValidator.For(UsCore.Definitions);

        var wrong = UsCore.Examples()
            .Select(example => (example.Id, Errors: validator.Validate(Bytes(example.Resource), Options(example.Profiles)).Findings.Where(finding => finding.IsError).ToList()))
            .Where(example => example.Errors.Count > 0)
            .Select(example => $"{example.Id}: {example.Errors[0]}");

        Assert.Empty(wrong);
    }

    [ConformanceFact("uscore")]
    public void Nearly_every_fault_put_into_an_example_is_found()
    {
        var validator = FhirValidator.For(UsCore.Definitions);
        int made = 0, caught = 0;
        var missed = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (_, profiles, resource) in UsCore.Examples())
        {
            foreach (var mutant in Mutants.Of(resource, UsCore.Definitions.FindStructure(profiles[0])))
            {
                made++;
                if (!validator.Validate(Encoding.UTF8.GetBytes(mutant.Json), Options(profiles)).IsValid)
                {
                    caught++;
                    continue;
                }

                var key = $"{mutant.Kind} {mutant.Path}";
                missed[key] = missed.GetValueOrDefault(key) + 1;
            }
        }

        output.WriteLine($"{caught} of {made} caught");
        foreach (var (key, count) in missed)
        {
            output.WriteLine($"{count} {key}");
        }

        Assert.True(caught >= made * LeastCaught, $"{caught} of {made} caught: {string.Join(", ", missed.Take(20))}");
    }

    private static ReadOnlyMemory<byte> Bytes(JsonObject resource) => Encoding.UTF8.GetBytes(resource.ToJsonString());

    private static ValidationOptions Options(string[] profiles) => new() { Profiles = profiles };

    private static class UsCore
    {
        private static readonly Lazy<DefinitionSet> Loaded = new(() =>
        {
            var folder = Path.Combine(Conformance.PathOf("uscore"), "6.1.0");
            return DefinitionSet.R4.With(DefinitionPackage.Read(Directory.EnumerateFiles(folder, "*.json")
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetFileName(file), (ReadOnlyMemory<byte>)File.ReadAllBytes(file)))));
        });

        public static DefinitionSet Definitions => Loaded.Value;

        public static IEnumerable<(string Id, string[] Profiles, JsonObject Resource)> Examples() =>
            File.ReadLines(Path.Combine(Conformance.PathOf("uscore"), "examples.jsonl"))
                .Select(line => JsonNode.Parse(line)!.AsObject())
                .Select(row => ((string)row["id"]!, row["profiles"]!.AsArray().Select(profile => (string)profile!).ToArray(), row["resource"]!.AsObject()));
    }
}
