using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>Hostile input costs no more than its size, ends in findings, and never in an exception.</summary>
public sealed class BadInputTests
{
    private static readonly FhirValidator Validator = FhirValidator.For(DefinitionSet.R4);

    [Fact]
    public void Resources_contained_a_thousand_deep_are_refused_with_a_place()
    {
        var json = new StringBuilder();
        for (var i = 0; i < 1000; i++)
        {
            json.Append("""{"resourceType":"Patient","contained":[""");
        }

        json.Append("{}").Insert(json.Length, "]}", 1000);

        var finding = Assert.Single(Validate(json.ToString()).Findings);

        Assert.Equal("fhir.json.too-deep", finding.Rule.Id);
        Assert.True(finding.Position.Column > 1);
    }

    [Fact]
    public void A_Bundle_of_a_hundred_thousand_entries_is_looked_at_whole()
    {
        var json = new StringBuilder("""{"resourceType":"Bundle","type":"collection","entry":[""");
        for (var i = 0; i < 100_000; i++)
        {
            json.Append(i == 0 ? "" : ",").Append(System.Globalization.CultureInfo.InvariantCulture, $$"""{"fullUrl":"http://example.org/Patient/{{i}}","resource":{"resourceType":"Patient","id":"{{i}}","text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"},"generalPractitioner":[{"reference":"Practitioner/{{i}}"}] } }""");
        }

        json.Append(""","x"]}""");

        Assert.Equal("Bundle.entry[100000]", Assert.Single(Validate(json.ToString()).Findings, finding => finding.IsError).Expression);
    }

    [Fact]
    public void Findings_without_end_are_cut_and_the_cut_is_told()
    {
        var result = Validate("""{"resourceType":"Patient","name":[""" + string.Join(',', Enumerable.Repeat("{}", 5000)) + "]}");

        Assert.Equal(1001, result.Findings.Count);
        Assert.Contains(result.Findings, finding => finding.Rule.Id == "fhir.limit.findings");
    }

    [Fact]
    public void Profiles_and_references_that_lead_to_each_other_in_circles_come_to_an_end()
    {
        static string Profile(string url, string target) => $$"""
            {"resourceType":"StructureDefinition","url":"{{url}}","name":"A","status":"active","kind":"resource","abstract":false,"type":"Organization","derivation":"constraint",
             "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Organization","differential":{"element":[
              {"id":"Organization.partOf","path":"Organization.partOf","min":1,"type":[{"code":"Reference","targetProfile":["{{target}}"]}]}] } }
            """;
        var definitions = DefinitionSet.R4.With(DefinitionPackage.Of("test", "1", new[] { Profile("http://a", "http://b"), Profile("http://b", "http://a") }
            .Select(profile => Fhir.Json.FhirJsonReader.Read(Encoding.UTF8.GetBytes(profile)).Tape!)));
        const string Circle = """
            {"resourceType":"Bundle","type":"collection","entry":[
              {"fullUrl":"urn:uuid:00000000-0000-0000-0000-000000000001","resource":{"resourceType":"Organization","meta":{"profile":["http://a"]},"name":"A","partOf":{"reference":"urn:uuid:00000000-0000-0000-0000-000000000002"}}},
              {"fullUrl":"urn:uuid:00000000-0000-0000-0000-000000000002","resource":{"resourceType":"Organization","meta":{"profile":["http://b"]},"name":"B","partOf":{"reference":"urn:uuid:00000000-0000-0000-0000-000000000001"}}}]}
            """;

        Assert.True(FhirValidator.For(definitions).Validate(Encoding.UTF8.GetBytes(Circle)).IsValid);
    }

    [Theory]
    [InlineData("nulls", """{"resourceType":"Patient","name":[{"given":[N],"_given":[P]}]}""", "null", """{"id":"a"}""")]
    [InlineData("contained", """{"resourceType":"List","status":"current","mode":"working","contained":[N],"entry":[P]}""", """{"resourceType":"Basic","id":"a#","code":{"text":"a"}}""", """{"item":{"reference":"#a#"}}""")]
    public void Many_of_one_kind_take_time_in_proportion(string kind, string template, string one, string beside)
    {
        const int Many = 30_000;
        var json = template
            .Replace("N", string.Join(',', Enumerable.Range(0, Many).Select(number => one.Replace("#", number.ToString(System.Globalization.CultureInfo.InvariantCulture)))), StringComparison.Ordinal)
            .Replace("P", string.Join(',', Enumerable.Range(0, Many).Select(number => beside.Replace("a#", $"a{number}", StringComparison.Ordinal))), StringComparison.Ordinal);
        var clock = Stopwatch.StartNew();

        var result = Validate(json);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{kind} took {clock.Elapsed}");
        Assert.NotNull(result);
    }

    [ConformanceFact("validator")]
    public void Documents_with_parts_exchanged_at_random_end_in_findings()
    {
        var random = new Random(42);
        var files = Directory.EnumerateFiles(Conformance.PathOf("validator", "cases"), "*.json").Order(StringComparer.Ordinal).Where(file => new FileInfo(file).Length < 60_000);
        foreach (var file in files)
        {
            JsonNode? document;
            try
            {
                document = JsonNode.Parse(File.ReadAllBytes(file));
            }
            catch (System.Text.Json.JsonException)
            {
                continue;
            }

            for (var i = 0; i < 12; i++)
            {
                var damaged = document!.DeepClone();
                Damage(damaged, random);
                var result = Validate(damaged.ToJsonString());
                Assert.All(result.Findings, finding => Assert.True(finding.Position.Line > 0));
            }
        }
    }

    private static void Damage(JsonNode root, Random random)
    {
        for (var times = 0; times < 3; times++)
        {
            var at = root;
            while (random.Next(8) > 0)
            {
                var next = at switch
                {
                    JsonObject { Count: > 0 } inner => inner.ElementAt(random.Next(inner.Count)).Value,
                    JsonArray { Count: > 0 } array => array[random.Next(array.Count)],
                    _ => null,
                };
                if (next is not (JsonObject or JsonArray))
                {
                    break;
                }

                at = next;
            }

            JsonNode? other = random.Next(9) switch
            {
                0 => null,
                1 => 7,
                2 => "#",
                3 => true,
                4 => new JsonObject(),
                5 => new JsonArray(),
                6 => new JsonObject { ["extension"] = new JsonArray(new JsonObject { ["url"] = "http://example.org|1" }) },
                7 => new JsonArray(new JsonArray(1)),
                _ => new JsonObject { ["resourceType"] = "Patient", ["id"] = "x", ["value"] = "-1e400" },
            };
            if (at is JsonObject { Count: > 0 } target)
            {
                target[target.ElementAt(random.Next(target.Count)).Key] = other;
            }
            else if (at is JsonArray { Count: > 0 } list)
            {
                list[random.Next(list.Count)] = other;
            }
        }
    }

    private static ValidationResult Validate(string json, ValidationOptions? options = null) => Validator.Validate(Encoding.UTF8.GetBytes(json), options);
}
