using Isthmus.Fhir.Paths;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Paths;

/// <summary>Expressions put together at random, and mutants of real ones: refused or evaluated, never an exception.</summary>
public sealed class ParserFuzz
{
    private static readonly string[] Pieces =
    [
        "name", "given", "Patient", "`use`", "``", "'a'", "'\\u0041'", "1", "2.50", "-", "+", "*", "/", "div", "mod", "&", "|", "=", "!=", "~", "!~", "<", "<=", ">", ">=", "and", "or",
        "xor", "implies", "in", "contains", "is", "as", "Quantity", "System.String", "(", ")", "[", "]", "{", "}", ".", ",", "$this", "$index", "$total", "%resource", "%ucum", "true",
        "false", "{}", "@2014", "@2014-01-01T10:30:00Z", "@T10", "4 'mg'", "2 days", "//x\n", "/*x*/", " ", "\\", "'", "`", "@", "%", "$", "#", "ä", "\0",
    ];

    private static readonly FhirPathContext Context = Sample.Context with { Limits = new FhirPathLimits { MaxSteps = 20_000, MaxItems = 5_000, MaxText = 5_000 } };

    [Fact]
    public void No_expression_brings_the_engine_down() => Try(20_000, seed: 7);

    [LongFact]
    public void No_expression_brings_the_engine_down_in_the_long_run() => Try(1_000_000, seed: Environment.ProcessId);

    private static void Try(int count, int seed)
    {
        var random = new Random(seed);
        var real = ExpressionTests.Lines.Select(line => (string)line[0]).ToArray();
        var functions = PathFunctions.Names.Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < count; i++)
        {
            var expression = random.Next(3) switch
            {
                0 => Assembled(random, functions),
                1 => Mutated(random, real[random.Next(real.Length)], real),
                _ => Called(random, functions),
            };
            var compiled = FhirPath.Compile(expression);
            Assert.True(compiled.Expression is null != compiled.Fault is null, expression);
            if (compiled.Expression is { } good)
            {
                _ = good.Evaluate(Sample.Patient, Context);
                _ = good.Check("Patient", strict: true);
            }
            else
            {
                Assert.InRange(compiled.Fault!.Position, 0, expression.Length);
            }
        }
    }

    private static string Assembled(Random random, string[] functions) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(5) == 0 ? $".{functions[random.Next(functions.Length)]}(" : Pieces[random.Next(Pieces.Length)]));

    /// <summary>Every function on every kind of thing.</summary>
    private static string Called(Random random, string[] functions)
    {
        string[] operands = ["name", "name.given", "birthDate", "active", "1", "2.5", "'a'", "''", "'1 day'", "@2014-02", "@2014-01-01T10:30:00.5Z", "@T10:30", "4 'mg'", "1 month", "{}", "(1|2)", "$this", "contact", "descendants()", "type()", "-1", "99999999999"];
        var arguments = string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => operands[random.Next(operands.Length)]));
        var call = $"{operands[random.Next(operands.Length)]}.{functions[random.Next(functions.Length)]}({arguments})";
        string[] operators = ["+", "-", "*", "/", "div", "mod", "&", "|", "=", "~", "<", ">=", "in", "and", "implies"];
        return random.Next(2) == 0 ? call : $"{call} {operators[random.Next(operators.Length)]} {operands[random.Next(operands.Length)]}";
    }

    private static string Mutated(Random random, string expression, string[] real)
    {
        var at = random.Next(expression.Length + 1);
        return random.Next(4) switch
        {
            0 => expression[..at],
            1 => expression.Insert(at, Pieces[random.Next(Pieces.Length)]),
            2 when at < expression.Length => expression.Remove(at, 1),
            _ => expression[..at] + real[random.Next(real.Length)],
        };
    }
}
