using System.Globalization;
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

    /// <summary>Two decimals of one value are the same answer, and so is an empty string spelled as a literal.</summary>
    private static string Shown(string answer) =>
        answer == "''" ? "" : decimal.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("0.############", CultureInfo.InvariantCulture) : answer;
}
