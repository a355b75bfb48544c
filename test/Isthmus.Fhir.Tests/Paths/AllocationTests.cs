using System.Globalization;
using Isthmus.Fhir.Paths;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>What an evaluation may allocate stands in allocation-budgets.txt.</summary>
public sealed class AllocationTests
{
    private const int Evaluations = 2_000;

    public static TheoryData<string, int, string> Budgets
    {
        get
        {
            var budgets = new TheoryData<string, int, string>();
            foreach (var line in File.ReadLines(Repository.PathOf("test", "Isthmus.Fhir.Tests", "Paths", "allocation-budgets.txt")))
            {
                if (line.Length > 0 && line[0] != '#')
                {
                    var parts = line.Split(' ', 3);
                    budgets.Add(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
                }
            }

            return budgets;
        }
    }

    [Theory]
    [MemberData(nameof(Budgets))]
    public void An_evaluation_allocates_no_more_than_its_budget(string how, int bytes, string text)
    {
        var expression = FhirPath.CompileDefinition(text).Expression!;
        Run(expression, how);

        // The runtime's own work on this thread can only add: the least of a few counts.
        var each = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(expression, how);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / Evaluations;
        });

        Assert.True(each <= bytes, $"{each} bytes");
    }

    private static void Run(FhirPathExpression expression, string how)
    {
        for (var i = 0; i < Evaluations; i++)
        {
            if (how == "evaluate")
            {
                _ = expression.Evaluate(Sample.Patient);
            }
            else
            {
                _ = expression.IsTrue(Sample.Patient, "Patient", Sample.Patient, Sample.Patient, null, out _);
            }
        }
    }
}
