using System.Text.Json;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;
using Isthmus.Testing;
using Xunit.Abstractions;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>The community's R4 cases. What docs/reference/fhirpath.md lists as an exception is listed here too.</summary>
public sealed class OfficialCases(ITestOutputHelper output)
{
    private const double Bar = 0.99;

    /// <summary>Each with its reason in docs/reference/fhirpath.md.</summary>
    private static readonly string[] Exceptions =
    [
        "HighBoundary/HighBoundaryDateTimeMillisecond1",
        "HighBoundary/HighBoundaryDateTimeMillisecond3",
        "LowBoundary/LowBoundaryDecimal15",
    ];

    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 30, 0, TimeSpan.FromHours(1));
    private static readonly Dictionary<string, FhirElement> Inputs = [];

    [ConformanceFact("fhirpath")]
    public void The_official_cases_come_out_as_the_community_says()
    {
        var failed = new List<string>();
        var unexplained = new List<string>();
        var count = 0;
        foreach (var line in File.ReadLines(Path.Combine(Conformance.PathOf("fhirpath"), "cases.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            count++;
            var (expected, actual) = (Expected(row), Actual(row));
            if (expected != actual)
            {
                var id = row.GetProperty("id").GetString()!;
                failed.Add($"{id}: {row.GetProperty("expression").GetString()}\n    expected {expected}\n    came to  {actual}");
                unexplained.AddRange(Exceptions.Contains(id) ? [] : [id]);
            }
        }

        output.WriteLine($"{count - failed.Count} of {count}\n{string.Join('\n', failed)}");
        Assert.True(count - failed.Count >= Bar * count, string.Join('\n', failed));
        Assert.Empty(unexplained);
    }

    [Fact]
    public void The_documentation_names_every_exception_and_every_function()
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "reference", "fhirpath.md"));

        Assert.All(Exceptions, id => Assert.Contains(id.EndsWith('3') ? "`…3`" : $"`{id}`", text, StringComparison.Ordinal));
        Assert.All(PathFunctions.Names, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }

    private static string Expected(JsonElement row) =>
        row.GetProperty("invalid").ValueKind == JsonValueKind.String ? "fault"
        : string.Join(", ", row.GetProperty("outputs").EnumerateArray().Select(
            item => Shown(item.GetProperty("type").GetString(), item.GetProperty("value").GetString())));

    private static string Actual(JsonElement row)
    {
        var resource = row.GetProperty("file").GetString() is { } file ? Input(file) : default;
        var compiled = FhirPath.Compile(row.GetProperty("expression").GetString()!);
        if (compiled.Expression is not { } expression)
        {
            return "fault";
        }

        if (resource.Exists && expression.Check(resource.ResourceType!, strict: row.GetProperty("mode").GetString() == "strict").Count > 0)
        {
            return "fault";
        }

        var context = new FhirPathContext { Now = Now };
        if (row.GetProperty("predicate").GetBoolean())
        {
            return Shown("boolean", expression.IsTrue(resource, null, resource, resource, context, out _) == PathTruth.True ? "true" : "false");
        }

        var result = expression.Evaluate(resource, context);
        var typed = row.GetProperty("outputs").EnumerateArray().All(item => item.GetProperty("type").GetString() is not null);
        return result.Fault is not null ? "fault"
            : string.Join(", ", result.Items.ToArray().Select(item => Shown(typed ? item.TypeName : null, item.AsLiteral())));
    }

    private static string Shown(string? type, string? value) => $"{(type == "Quantity" ? type : type is null ? "" : char.ToLowerInvariant(type[0]) + type[1..])} {value}";

    private static FhirElement Input(string file)
    {
        if (!Inputs.TryGetValue(file, out var root))
        {
            root = FhirJsonReader.Read(File.ReadAllBytes(Path.Combine(Conformance.PathOf("fhirpath"), file))).Root;
            Inputs.Add(file, root);
        }

        return root;
    }
}
