using System.Globalization;
using Isthmus.Fhir.Paths;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>The language, one line of expressions.txt after the other.</summary>
public sealed class ExpressionTests
{
    public static TheoryData<string, string> Lines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            foreach (var line in File.ReadLines(Repository.PathOf("test", "Isthmus.Fhir.Tests", "Paths", "expressions.txt")))
            {
                if (line.Length > 0 && line[0] != '#')
                {
                    var arrow = line.LastIndexOf(" =>", StringComparison.Ordinal);
                    lines.Add(line[..arrow], line[(arrow + 3)..].Trim());
                }
            }

            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void An_expression_comes_to_what_the_standard_says(string expression, string expected) =>
        Assert.Equal(Shown(expected), Shown(Sample.Ask(expression)));

    /// <summary>Conditions take short cuts that collections do not; they must come to the same.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public void As_a_condition_it_comes_to_what_its_items_say(string text, string expected)
    {
        if (FhirPath.Compile(text).Expression is not { } expression)
        {
            Assert.Equal("FAULT", expected);
            return;
        }

        var result = expression.Evaluate(Sample.Patient, Sample.Context);
        var truth = expression.IsTrue(Sample.Patient, "Patient", Sample.Patient, Sample.Patient, Sample.Context, out var fault);

        Assert.Equal(
            result.Fault is not null || result.Count > 1 ? PathTruth.Fault
            : result.Count == 0 ? PathTruth.Empty
            : result[0].AsBoolean() is false ? PathTruth.False
            : PathTruth.True,
            truth);
        Assert.Equal(result.Fault ?? fault, fault);
        Assert.Equal(result.Count > 0, FhirPath.Compile($"({text}).exists()").Expression?.Evaluate(Sample.Patient, Sample.Context) is { Count: 1 } exists && exists[0].AsBoolean() is true);
    }

    /// <summary>Two decimals of one value are the same answer, and so is an empty string spelled as a literal.</summary>
    private static string Shown(string answer) =>
        answer == "''" ? "" : decimal.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("0.############", CultureInfo.InvariantCulture) : answer;
}
