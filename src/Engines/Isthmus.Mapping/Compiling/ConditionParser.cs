using System.Globalization;
using System.Text;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Conditions: <c>PID-25 not valued and (XTN.3 in (PH, CP) or count(OBX-5) &gt; 1)</c>. Tests are <c>valued</c>, <c>=</c>, <c>!=</c>,
/// <c>in</c>, <c>coded(SCH-25, TABLE)</c>, <c>before(PV1-44, MSH-7)</c>, <c>count()</c>, <c>length()</c>, <c>has(SEG)</c> and <c>made(path)</c>;
/// they combine by <c>and</c>, <c>or</c>, <c>not (…)</c>.
/// </summary>
internal sealed class ConditionParser
{
    /// <summary>Far beyond the longest condition of the library; reading recurses, and what it takes grows with the words.</summary>
    private const int MostWords = 1000;

    private readonly MapScope scope;
    private readonly TextPlace place;
    private readonly List<string> tokens;
    private int at;

    private ConditionParser(MapScope scope, TextPlace place, List<string> tokens)
    {
        this.scope = scope;
        this.place = place;
        this.tokens = tokens;
    }

    /// <summary>Compiles a condition; null, with a fault, if it is malformed.</summary>
    public static Condition? Parse(MapScope scope, TextPlace place, string text) => Read(scope, place, text)?.Run;

    /// <summary>Compiles the condition of a rule, which shares with the map's other rules what they ask alike.</summary>
    public static (ulong Facts, Condition? OfMade)? ParseGuard(MapScope scope, TextPlace place, string text) =>
        Read(scope, place, text)?.Divide(scope);

    private static ParsedCondition? Read(MapScope scope, TextPlace place, string text)
    {
        var words = Tokens(text);
        if (words.Count > MostWords)
        {
            scope.Fault(place, MapRules.Condition, $"A condition has at most {MostWords} words; say less in each rule.");
            return null;
        }

        var parser = new ConditionParser(scope, place, words);
        var condition = parser.Or();
        if (condition is not null && parser.at == parser.tokens.Count)
        {
            if (condition.Clauses.IsImpossible)
            {
                scope.Fault(place, MapRules.Impossible, "This condition contradicts itself and never holds.");
            }

            return condition;
        }

        scope.Fault(place, MapRules.Condition, $"The condition cannot be read from '{parser.Peek ?? "its end"}' on.");
        return null;
    }

    private string? Peek => at < tokens.Count ? tokens[at] : null;

    private bool Take(string token)
    {
        if (Peek != token)
        {
            return false;
        }

        at++;
        return true;
    }

    private string? Next() => at < tokens.Count ? tokens[at++] : null;

    private ParsedCondition? Or()
    {
        var left = And();
        while (left is not null && Take("or"))
        {
            left = And() is { } right ? left.Or(right) : null;
        }

        return left;
    }

    private ParsedCondition? And()
    {
        var left = Unary();
        while (left is not null && Take("and"))
        {
            left = Unary() is { } right ? left.And(right) : null;
        }

        return left;
    }

    private ParsedCondition? Unary()
    {
        if (Take("not"))
        {
            return Unary()?.Not();
        }

        if (Take("("))
        {
            return Or() is { } inner && Take(")") ? inner.Bracketed() : null;
        }

        var from = at;
        return Next() switch
        {
            null => null,
            "made" => Asked(Made(), from) is { } made ? made with { Text = null } : null,
            "has" => Asked(Has(), from),
            "before" => Asked(Before(), from),
            "coded" => Coded() is { } coded ? Spelled(coded, from) : null,
            "count" => Asked(Measured(Count), from),
            "length" => Asked(Measured(Length), from),
            var source => Test(source) is { } test ? Spelled(test, from) : null,
        };
    }

    /// <summary>A question that is only compared with itself.</summary>
    private ParsedCondition? Asked(Condition? condition, int from) =>
        condition is null ? null : Spelled(new ParsedCondition(condition, Clauses.Of(string.Concat(tokens[from..at]), true)), from);

    private ParsedCondition Spelled(ParsedCondition test, int from) =>
        test with { Text = string.Join(' ', tokens[from..at]), Fields = [.. tokens[from..at].Select(FieldInHand).Where(field => field > 0)] };

    /// <summary>The field of the segment in hand that a word names, whose repetitions change the answer; 0 for other words.</summary>
    private int FieldInHand(string word) =>
        scope.Map.IsSegment && SourcePath.Parse(word) is { Field: > 0 } path && path.Segment == scope.Map.Source ? path.Field : 0;

    private ParsedCondition? Test(string text)
    {
        if (scope.Read(place, text) is not { } source)
        {
            return null;
        }

        var innermost = InnermostOf(text, source);
        _ = Take("is");
        var negated = Take("not");
        if (Take("valued"))
        {
            return new ParsedCondition((run, frame) => run.Text.IsValued(source(run, frame)) != negated, Clauses.Of(text, !negated));
        }

        return Literals(ref negated) is { } literals ? OneOf(text, innermost, literals, negated) : null;
    }

    /// <summary>What a table makes of a source's code; nothing where it lacks the code.</summary>
    private ParsedCondition? Coded()
    {
        if (!Take("(") || Next() is not { } text || scope.Read(place, text) is not { } source || !Take(",") || Next() is not { } name || !Take(")"))
        {
            return null;
        }

        if (scope.Terminology.Vocabulary(name) is not { } table)
        {
            scope.Fault(place, MapRules.Vocabulary, $"No terminology file has a vocabulary named '{name}'.");
            return null;
        }

        var negated = Take("not");
        if (Literals(ref negated) is not { } literals)
        {
            return null;
        }

        var known = table.Rows.Select(row => Encoding.UTF8.GetString(row.Value.Code)).ToHashSet(StringComparer.Ordinal);
        foreach (var literal in literals.Where(literal => !known.Contains(literal)))
        {
            scope.Fault(place, MapRules.Vocabulary, $"No row of '{name}' makes '{literal}' of a code.");
        }

        var codes = literals.Select(Encoding.UTF8.GetBytes).ToArray();
        return new ParsedCondition(
            (run, frame) => IsAmong(table.Find(run.Text.Bytes(run.Text.Innermost(source(run, frame))))?.Code, codes) != negated,
            Clauses.Of($"coded({text}, {name})", !negated, literals));
    }

    /// <summary>What a comparison allows: <c>= A</c>, <c>!= A</c>, <c>in (A, B)</c>.</summary>
    private List<string>? Literals(ref bool negated)
    {
        if (!negated && Peek is "=" or "!=")
        {
            negated = Next() == "!=";
            return Next() is { } literal ? [Literal(literal)] : null;
        }

        if (!Take("in") || !Take("("))
        {
            return null;
        }

        var literals = new List<string>();
        while (Next() is { } token)
        {
            if (token == ")")
            {
                return literals;
            }

            if (token != ",")
            {
                literals.Add(Literal(token));
            }
        }

        return null;
    }

    /// <summary>The innermost value of a source; a plain field of the segment in hand is kept between questions.</summary>
    private Source InnermostOf(string text, Source source) =>
        SourcePath.Parse(text) is { Field: > 0, Component: 0 } path && scope.Map.IsSegment && path.Segment == scope.Map.Source
            ? (run, frame) => run.FirstInnermost(frame, path.Field)
            : (run, frame) => run.Text.Innermost(source(run, frame));

    private static ParsedCondition OneOf(string subject, Source innermost, List<string> texts, bool negated)
    {
        var literals = texts.Select(Encoding.UTF8.GetBytes).ToArray();
        var only = literals is [var single] ? single : null;
        Condition condition = only is not null
            ? (run, frame) => run.Text.Bytes(innermost(run, frame)).SequenceEqual(only) != negated
            : (run, frame) => IsAmong(run.Text.Bytes(innermost(run, frame)), literals) != negated;
        return new ParsedCondition(condition, Clauses.Of(subject, !negated, texts)) { Compared = new Comparison(subject, innermost, literals, negated) };
    }

    private static bool IsAmong(ReadOnlySpan<byte> text, byte[][] literals)
    {
        foreach (var literal in literals)
        {
            if (text.SequenceEqual(literal))
            {
                return true;
            }
        }

        return false;
    }

    private Condition? Made()
    {
        if (!Take("(") || Next() is not { } text || !Take(")") || TargetPath.Parse(text) is not { } path)
        {
            return null;
        }

        if (path.Steps.Count > 0 && scope.TypeAt(path) is { } type && Fhir.Schema.FhirSchema.R4.Type(type) is { IsPrimitive: true })
        {
            return scope.Primitive(place, path) is { } target
                ? (run, frame) => run.IsMade(frame, target.Register) && run.Builder.Has(run.Ensure(frame, target.Register), target.Name)
                : null;
        }

        var register = scope.Element(place, path.Steps);
        if (register > 0 && path.Steps[^1].Label is null && scope.RepeatsAt(register))
        {
            // Without a label: whether there is any at all, whatever segment made it.
            var (parent, name) = (scope.ParentOf(register), Fhir.Elements.FhirNames.IdOf(path.Steps[^1].Name));
            return (run, frame) => run.IsMade(frame, parent) && run.Builder.Has(run.Ensure(frame, parent), name);
        }

        return register < 0 ? null : (run, frame) => run.IsMade(frame, register);
    }

    private Condition? Has()
    {
        if (!Take("(") || Next() is not { Length: 3 } segment || !Take(")"))
        {
            return null;
        }

        var key = GroupDefinition.KeyOf(segment);
        return (run, frame) => run.Groups.Holds(run.FrameAt(frame).Group, key);
    }

    private Condition? Before() =>
        Take("(") && Next() is { } one && scope.Read(place, one) is { } earlier && Take(",")
            && Next() is { } other && scope.Read(place, other) is { } later && Take(")") ? DateOrder.Before(earlier, later) : null;

    private Condition? Measured(Func<SourcePath, Source, Func<TranslationRun, int, int>?> measure)
    {
        if (!Take("(") || Next() is not { } text || !Take(")") || scope.Read(place, text) is not { } source
            || measure(SourcePath.Parse(text)!.Value, source) is not { } size
            || Next() is not { } comparison || !int.TryParse(Next(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return comparison switch
        {
            ">" => (run, frame) => size(run, frame) > number,
            "<" => (run, frame) => size(run, frame) < number,
            "=" => (run, frame) => size(run, frame) == number,
            _ => null,
        };
    }

    private static Func<TranslationRun, int, int>? Count(SourcePath path, Source source) => path.Field == 0 ? null
        : (run, frame) => run.CountRepetitions(frame, path.Field);

    private static Func<TranslationRun, int, int> Length(SourcePath path, Source source) =>
        (run, frame) => run.Text.Innermost(source(run, frame)).Length;

    private static string Literal(string token) => token is ['"', .., '"'] ? token[1..^1] : token;

    /// <summary>Words, quoted texts and the signs <c>( ) , = != &lt; &gt;</c>.</summary>
    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            if (text[at] == '"')
            {
                var close = text.IndexOf('"', at + 1);
                at = close < 0 ? text.Length : close + 1;
            }
            else if (text.AsSpan(at).StartsWith("made(", StringComparison.Ordinal))
            {
                // A path has dots and brackets of its own.
                var close = text.IndexOf(')', at);
                close = close < 0 ? text.Length - 1 : close;
                tokens.AddRange(["made", "(", text[(at + 5)..close], ")"]);
                at = close + 1;
                continue;
            }
            else if ("(),=<>".Contains(text[at], StringComparison.Ordinal))
            {
                at++;
            }
            else if (text[at] == '!' && at + 1 < text.Length && text[at + 1] == '=')
            {
                at += 2;
            }
            else
            {
                while (at < text.Length && !char.IsWhiteSpace(text[at]) && !"(),=<>!\"".Contains(text[at], StringComparison.Ordinal))
                {
                    at++;
                }

                at = at == start ? at + 1 : at;
            }

            tokens.Add(text[start..at]);
        }

        return tokens;
    }
}
