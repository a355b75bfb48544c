using System.Globalization;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Validation;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

/// <summary>What each operation may allocate stands in allocation-budgets.csv: whoever makes one dearer has to say so there.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 200;

    private static readonly byte[] Patient = Sample("patient");
    private static readonly byte[] Observation = Sample("observation");

    private static readonly Dictionary<string, Func<Action>> Operations = new(StringComparer.Ordinal)
    {
        ["read a Patient"] = () => () => FhirJsonReader.Read(Patient),
        ["read a Patient onto a tape used again"] = ReadAgain,
        ["write a Patient with a writer used again"] = WriteAgain,
        ["take out what a Patient is searched by"] = () => SearchAgain(Patient),
        ["take out what an Observation is searched by"] = () => SearchAgain(Observation),
        ["validate a Patient"] = () => ValidateAgain(Patient),
        ["validate an Observation"] = () => ValidateAgain(Observation),
        ["FHIRPath name.given"] = () => EvaluateAgain("name.given"),
        ["FHIRPath name.where(use = 'official').given.first()"] = () => EvaluateAgain("name.where(use = 'official').given.first()"),
    };

    public static TheoryData<string, long> Budgets
    {
        get
        {
            var budgets = new TheoryData<string, long>();
            foreach (var line in File.ReadLines(Repository.PathOf("test", "Isthmus.Fhir.Tests", "allocation-budgets.csv")).Skip(1))
            {
                var comma = line.LastIndexOf(',');
                budgets.Add(line[..comma], long.Parse(line[(comma + 1)..], CultureInfo.InvariantCulture));
            }

            return budgets;
        }
    }

    [Theory]
    [MemberData(nameof(Budgets))]
    public void An_operation_stays_within_its_budget(string operation, long bytes)
    {
        var run = Operations[operation]();
        Measure(run);

        // Other work of the runtime on this thread can only add: the least of a few counts.
        var least = Enumerable.Range(0, 5).Min(_ => Measure(run));
        Assert.True(least <= bytes, $"{operation}: {least} bytes, {bytes} are allowed");
    }

    [Fact]
    public void Every_operation_has_a_budget() =>
        Assert.Equal(Operations.Keys.Order(StringComparer.Ordinal), Budgets.Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    private static long Measure(Action run)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            run();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }

    private static Action ReadAgain()
    {
        var tape = new FhirTape();
        return () => FhirJsonReader.Read(Patient, into: tape);
    }

    private static Action WriteAgain()
    {
        var root = FhirJsonReader.Read(Patient).Root;
        var writer = new FhirJsonWriter();
        return () =>
        {
            writer.Clear();
            writer.Write(root);
        };
    }

    private static Action SearchAgain(byte[] json)
    {
        var root = FhirJsonReader.Read(json).Root;
        var values = new List<SearchValue>();
        return () =>
        {
            values.Clear();
            SearchIndex.Of(DefinitionSet.R4).Extract(root, TimeSpan.Zero, values);
        };
    }

    private static Action ValidateAgain(byte[] json)
    {
        var validator = FhirValidator.For(DefinitionSet.R4);
        return () => validator.Validate(json);
    }

    private static Action EvaluateAgain(string expression)
    {
        var root = FhirJsonReader.Read(Patient).Root;
        var compiled = FhirPath.Compile(expression).Expression!;
        return () => compiled.Evaluate(root);
    }

    private static byte[] Sample(string name) => File.ReadAllBytes(Repository.PathOf("src", "Isthmus.Host", "Bench", "Samples", $"{name}.json"));
}
