using System.Globalization;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// Reads the grammar of FHIRPath 2.0.0 (appendix A) by precedence climbing. The first fault turns the rest of the
/// expression into its end, so that reading unwinds by itself.
/// </summary>
internal sealed class PathParser
{
    private const int TypePrecedence = 7;
    private const int PolarityPrecedence = 10;

    private static readonly LiteralSyntax Nothing = new(0, null);

    private readonly PathLexer lexer;
    private PathToken token;
    private PathToken ahead;
    private int nesting;
    private PathFault? fault;

    private PathParser(string text)
    {
        lexer = new PathLexer(text);
        token = lexer.Next();
        ahead = lexer.Next();
    }

    public static (PathSyntax? Syntax, PathFault? Fault) Parse(string text)
    {
        if (text.Length > FhirPathLimits.MaxLength)
        {
            return (null, PathFault.Of(PathRules.TooLong, FhirPathLimits.MaxLength));
        }

        var parser = new PathParser(text);
        var syntax = parser.Expression(0);
        if (parser.token.Kind != PathTokenKind.End)
        {
            parser.Fail(PathRules.Syntax);
        }

        // A lexical fault makes the parser stumble over an end that is not one; the cause is told, not the stumble.
        return (parser.lexer.Fault ?? parser.fault) is { } fault ? (null, fault) : (syntax, null);
    }

    private static int PrecedenceOf(PathToken token) => token.Kind switch
    {
        PathTokenKind.Symbol => token.Text switch
        {
            "*" or "/" => 9,
            "+" or "-" or "&" => 8,
            "|" => 6,
            "<" or ">" or "<=" or ">=" => 5,
            "=" or "~" or "!=" or "!~" => 4,
            _ => -1,
        },
        PathTokenKind.Name => token.Text switch
        {
            "div" or "mod" => 9,
            "is" or "as" => TypePrecedence,
            "in" or "contains" => 3,
            "and" => 2,
            "or" or "xor" => 1,
            "implies" => 0,
            _ => -1,
        },
        _ => -1,
    };

    private PathSyntax Expression(int least)
    {
        if (++nesting > FhirPathLimits.MaxDepth)
        {
            Fail(PathRules.TooDeep);
        }

        var left = token.Is("+") || token.Is("-") ? Sign() : Invocations(Term());
        for (var precedence = PrecedenceOf(token); precedence >= least; precedence = PrecedenceOf(token))
        {
            var operation = Take();
            left = precedence == TypePrecedence
                ? new TypeSyntax(operation.Position, operation.Text, left, Type())
                : new BinarySyntax(operation.Position, operation.Text, left, Expression(precedence + 1));
            left = Bounded(left);
        }

        nesting--;
        return left;
    }

    private PathSyntax Sign()
    {
        var sign = Take();
        return Bounded(new SignSyntax(sign.Position, sign.Text == "-", Expression(PolarityPrecedence)));
    }

    private PathSyntax Invocations(PathSyntax source)
    {
        while (true)
        {
            if (token.Is("."))
            {
                Take();
                source = token.Is("$") ? Special() : Invocation(source);
            }
            else if (token.Is("["))
            {
                var position = Take().Position;
                var index = Expression(0);
                Expect("]");
                source = new IndexSyntax(position, source, index);
            }
            else
            {
                return source;
            }

            source = Bounded(source);
        }
    }

    private PathSyntax Term()
    {
        switch (token.Kind)
        {
            case PathTokenKind.Name when token.Text is "true" or "false":
                return new LiteralSyntax(token.Position, new FhirPathValue(Take().Text == "true"));
            case PathTokenKind.Name or PathTokenKind.QuotedName:
                return Invocation(null);
            case PathTokenKind.String:
                return new LiteralSyntax(token.Position, new FhirPathValue(Take().Text));
            case PathTokenKind.Number:
                return Number();
            case PathTokenKind.Time:
                return Time();
        }

        if (token.Is("("))
        {
            Take();
            var inner = Expression(0);
            Expect(")");
            return inner;
        }

        if (token.Is("{"))
        {
            var position = Take().Position;
            Expect("}");
            return new LiteralSyntax(position, null);
        }

        return token.Is("%") ? Variable() : token.Is("$") ? Special() : Fail(PathRules.Syntax);
    }

    private PathSyntax Invocation(PathSyntax? source)
    {
        if (token.Kind is not (PathTokenKind.Name or PathTokenKind.QuotedName))
        {
            return Fail(PathRules.Syntax);
        }

        var name = Take();
        return token.Is("(") ? new CallSyntax(name.Position, source, name.Text, Arguments(name.Text)) : new ElementSyntax(name.Position, source, name.Text);
    }

    private List<PathSyntax> Arguments(string function)
    {
        var arguments = new List<PathSyntax>();
        Expect("(");
        while (!token.Is(")") && fault is null)
        {
            var argument = Expression(0);
            if (function == "sort" && (token.IsWord("asc") || token.IsWord("desc")))
            {
                argument = new SortKeySyntax(argument.Position, argument, Take().Text == "desc");
            }

            arguments.Add(argument);
            if (!token.Is(","))
            {
                break;
            }

            Take();
            if (token.Is(")"))
            {
                Fail(PathRules.Syntax);
            }
        }

        Expect(")");
        return arguments;
    }

    private LiteralSyntax Number()
    {
        var number = Take();
        if (!decimal.TryParse(number.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            Fail(PathRules.Number, number.Position);
        }

        if (token.Kind == PathTokenKind.String)
        {
            return new LiteralSyntax(number.Position, new FhirPathValue(value, PathUnit.Ucum(Take().Text)));
        }

        if (token.Kind == PathTokenKind.Name && PathUnit.IsDuration(token.Text))
        {
            return new LiteralSyntax(number.Position, new FhirPathValue(value, PathUnit.Calendar(Take().Text)));
        }

        var isInteger = !number.Text.Contains('.', StringComparison.Ordinal) && value <= int.MaxValue;
        return new LiteralSyntax(number.Position, isInteger ? new FhirPathValue((long)value) : new FhirPathValue(value));
    }

    private LiteralSyntax Time()
    {
        var literal = Take();
        var text = literal.Text.AsSpan(1);
        PathTime value;
        var read = text.StartsWith("T") ? PathTimeParser.TryTime(text[1..], out value)
            : text.Contains('T') ? PathTimeParser.TryDateTime(text, out value)
            : PathTimeParser.TryDate(text, out value);
        if (!read)
        {
            Fail(PathRules.Time, literal.Position);
        }

        var kind = text.StartsWith("T") ? PathKind.Time : text.Contains('T') ? PathKind.DateTime : PathKind.Date;
        return new LiteralSyntax(literal.Position, new FhirPathValue(value, kind));
    }

    private PathSyntax Variable()
    {
        var position = Take().Position;
        return token.Kind is PathTokenKind.Name or PathTokenKind.QuotedName or PathTokenKind.String
            ? new VariableSyntax(position, Take().Text)
            : Fail(PathRules.Syntax);
    }

    private PathSyntax Special()
    {
        var position = Take().Position;
        return token.Kind == PathTokenKind.Name && token.Text is "this" or "index" or "total"
            ? new SpecialSyntax(position, Take().Text)
            : Fail(PathRules.Syntax);
    }

    private TypeSpecifier Type()
    {
        var first = TypeName();
        if (!token.Is("."))
        {
            return new TypeSpecifier(first.Position, null, first.Text);
        }

        Take();
        return new TypeSpecifier(first.Position, first.Text, TypeName().Text);
    }

    private PathToken TypeName()
    {
        if (token.Kind is not (PathTokenKind.Name or PathTokenKind.QuotedName))
        {
            Fail(PathRules.TypeExpected);
        }

        return Take();
    }

    private PathToken Take()
    {
        var taken = token;
        if (fault is null)
        {
            token = ahead;
            ahead = lexer.Next();
        }

        return taken;
    }

    private void Expect(string symbol)
    {
        if (token.Is(symbol))
        {
            Take();
        }
        else
        {
            Fail(PathRules.Syntax);
        }
    }

    private PathSyntax Bounded(PathSyntax syntax) => syntax.Depth > FhirPathLimits.MaxDepth ? Fail(PathRules.TooDeep, syntax.Position) : syntax;

    private LiteralSyntax Fail(PathRule rule) => Fail(rule, token.Position);

    private LiteralSyntax Fail(PathRule rule, int position)
    {
        fault ??= PathFault.Of(rule, position);
        token = ahead = new PathToken(PathTokenKind.End, position, "");
        return Nothing;
    }
}
