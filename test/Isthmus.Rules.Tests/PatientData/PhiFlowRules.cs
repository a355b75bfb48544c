using System.Text.RegularExpressions;

namespace Isthmus.Rules.Tests.PatientData;

/// <summary>
/// No value of a PHI type, and nothing revealed from one, stands where text leaves for people or machines that
/// need none of it: a log call, an exception, a metric's label, an interpolated string of either.
/// </summary>
public sealed partial class PhiFlowRules
{
    [Fact]
    public void No_patient_data_reaches_a_log_an_exception_or_a_metric()
    {
        var faults = Product.Sources.SelectMany(file =>
        {
            var carriers = Carriers(file.Code);
            return Sinks(file.Code)
                .Where(sink => sink.Arguments.Contains(".Reveal(", StringComparison.Ordinal)
                    || Identifier().Matches(sink.Arguments).Any(word => carriers.Contains(word.Value)))
                .Select(sink => $"{file.At(sink.Position)}: {sink.Name}");
        });

        Faults.AreNone(faults);
    }

    [Fact]
    public void No_log_message_has_a_place_for_patient_data()
    {
        var names = PhiTypes.All.Select(type => type.Name.Split('`')[0]).ToHashSet(StringComparer.Ordinal);
        var faults = Product.Sources.SelectMany(file => LogMessage().Matches(file.Code)
            .Where(message => Identifier().Matches(message.Groups["parameters"].Value).Any(word => names.Contains(word.Value)))
            .Select(message => file.At(message.Index)));

        Faults.AreNone(faults);
    }

    /// <summary>Only the rule's own eyes are tested here: that it sees a leak when there is one.</summary>
    [Theory]
    [InlineData("void M(PhiText name) { logger.LogWarning(\"odd {Name}\", name); }", true)]
    [InlineData("void M(PhiText name) { throw new InvalidOperationException($\"odd {name.Reveal()}\"); }", true)]
    [InlineData("void M(PhiText name) { var open = name.Reveal(); throw new ArgumentException(\"odd \" + open); }", true)]
    [InlineData("void M(PhiText name) { counter.Add(1, new KeyValuePair<string, object?>(\"name\", name)); }", true)]
    [InlineData("void M(PhiText name) { throw new InvalidOperationException(Rules.OddName); }", false)]
    [InlineData("void M(PhiText name) { throw new ArgumentException(Rules.OddName, nameof(name)); }", false)]
    [InlineData("void M(PhiText name) { throw new InvalidOperationException(\"The name is odd.\"); Keep(name); }", false)]
    [InlineData("void M(PhiText name, string rule) { logger.LogWarning(\"odd {Rule}\", rule); Keep(name); }", false)]
    public void The_rule_sees_a_leak(string code, bool leaks)
    {
        var carriers = Carriers(code);
        Assert.Equal(leaks, Sinks(code).Any(sink => sink.Arguments.Contains(".Reveal(", StringComparison.Ordinal)
            || Identifier().Matches(sink.Arguments).Any(word => carriers.Contains(word.Value))));
    }

    /// <summary>The names in a file that stand for patient data: declared with a PHI type, or assigned from something revealed.</summary>
    private static HashSet<string> Carriers(string code)
    {
        var types = string.Join('|', PhiTypes.All.Select(type => Regex.Escape(type.Name.Split('`')[0])).Distinct());
        var declared = Regex.Matches(code, $@"\b({types})(\[\])?\??\s+(?<name>[a-z]\w*)\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        return [.. declared.Concat(Revealed().Matches(code)).Select(match => match.Groups["name"].Value).Where(name => name is not ("is" or "or" or "and" or "in" or "when" or "where"))];
    }

    private static IEnumerable<(int Position, string Name, string Arguments)> Sinks(string code) =>
        Sink().Matches(code).Select(sink =>
        {
            var arguments = Bracketed(code, sink.Index + sink.Length - 1);
            return (sink.Index, sink.Value, NamedOnly().Replace(WithoutProse(arguments), ""));
        });

    /// <summary>Constant text is nobody's data; of an interpolated string only the holes count.</summary>
    private static string WithoutProse(string arguments) => Literal().Replace(
        arguments,
        literal => literal.Value.StartsWith('$') ? string.Join(' ', Hole().Matches(literal.Value).Select(hole => hole.Value)) : "");

    /// <summary>The text from an opening bracket to the one that closes it.</summary>
    private static string Bracketed(string code, int open)
    {
        var depth = 0;
        for (var at = open; at < code.Length; at++)
        {
            depth += code[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return code[open..at];
            }
        }

        return code[open..];
    }

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)?\(|\bnew\s+\w*Exception\(|\bThrow(?!IfNull\()\w*\(|\.(AddTag|SetTag|AddEvent)\(|\.(Add|Record)\(\s*[\w.]+\s*,\s*new\s+KeyValuePair[^(]*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sink();

    [GeneratedRegex(@"\$?""(\\.|[^""\\])*""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\bnameof\([^)]*\)|\b\w+\.(Length|Count|IsEmpty)\b", RegexOptions.None, 1000)]
    private static partial Regex NamedOnly();

    [GeneratedRegex(@"(?<![.\w])[a-zA-Z_]\w*\b", RegexOptions.None, 1000)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\b(?<name>\w+)\s*=\s*[^;=]*\.Reveal\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Revealed();

    [GeneratedRegex(@"\[LoggerMessage\([^\]]*\)\]\s*[^(]*\((?<parameters>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LogMessage();
}
