using System.Globalization;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>Validation of what is right allocates the same few objects whatever the size of the resource.</summary>
public sealed class AllocationTests
{
    private const int Times = 50;

    public static TheoryData<string, long> Budgets
    {
        get
        {
            var budgets = new TheoryData<string, long>();
            foreach (var line in File.ReadLines(Repository.PathOf("test", "Isthmus.Fhir.Tests", "Validation", "allocation-budgets.txt")).Where(line => line.Length > 0 && line[0] != '#'))
            {
                budgets.Add(line.Split(' ')[0], long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            }

            return budgets;
        }
    }

    [Theory]
    [MemberData(nameof(Budgets))]
    public void A_valid_resource_stays_within_its_budget(string sample, long budget)
    {
        var json = File.ReadAllBytes(Repository.PathOf("src", "Isthmus.Host", "Bench", "Samples", sample + ".json"));
        var validator = FhirValidator.For(DefinitionSet.R4);
        Assert.True(validator.Validate(json).IsValid);
        for (var i = 0; i < Times; i++)
        {
            validator.Validate(json);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            validator.Validate(json);
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
        Assert.True(each <= budget, $"{each} bytes for {sample}, of {budget}");
    }
}
