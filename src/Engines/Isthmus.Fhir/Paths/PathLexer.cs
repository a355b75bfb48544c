using System.Globalization;
using System.Text;

namespace Isthmus.Fhir.Paths;

/// <summary>Cuts an expression into tokens (FHIRPath 2.0.0, appendix B). After a fault it yields nothing but the end.</summary>
internal sealed class PathLexer(string text)
{
    private static readonly string[] Symbols =
        ["!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "|", "&", "<", ">", "=", "~", "%", "$"];

    private int at;

    public PathFault? Fault { get; private set; }

    public PathToken Next()
    {
        if (Fault is not null || !SkipBlank() || at >= text.Length)
        {
            return new PathToken(PathTokenKind.End, text.Length, "");
        }

        var start = at;
        var c = text[at];
        return char.IsAsciiLetter(c) || c == '_' ? Take(PathTokenKind.Name, start, Run(at, IsNameCharacter))
            : char.IsAsciiDigit(c) ? Take(PathTokenKind.Number, start, NumberEnd())
            : c switch
            {
                '\'' => Quoted(PathTokenKind.String, '\''),
                '`' => Quoted(PathTokenKind.QuotedName, '`'),
                '@' => Take(PathTokenKind.Time, start, TimeEnd()),
                _ => Symbol(),
            };
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>Skips white space and comments; false if a comment does not end.</summary>
    private bool SkipBlank()
    {
        while (at < text.Length)
        {
            var rest = text.AsSpan(at);
            if (rest[0] is ' ' or '\t' or '\r' or '\n' or '\u00A0')
            {
                at++;
            }
            else if (rest.StartsWith("//"))
            {
                var end = rest.IndexOfAny('\r', '\n');
                at = end < 0 ? text.Length : at + end;
            }
            else if (rest.StartsWith("/*"))
            {
                var end = rest[2..].IndexOf("*/");
                if (end < 0)
                {
                    Fail(PathRules.OpenComment, at);
                    return false;
                }

                at += end + 4;
            }
            else
            {
                break;
            }
        }

        return true;
    }

    private PathToken Take(PathTokenKind kind, int start, int end)
    {
        at = end;
        return new PathToken(kind, start, text[start..end]);
    }

    private PathToken Symbol()
    {
        foreach (var symbol in Symbols)
        {
            if (text.AsSpan(at).StartsWith(symbol))
            {
                return Take(PathTokenKind.Symbol, at, at + symbol.Length);
            }
        }

        return Fail(PathRules.Character, at);
    }

    private int Run(int from, Func<char, bool> belongs)
    {
        while (from < text.Length && belongs(text[from]))
        {
            from++;
        }

        return from;
    }

    /// <summary>A dot belongs to a number only before a digit: <c>1.toString()</c> is a call on 1.</summary>
    private int NumberEnd()
    {
        var end = Run(at, char.IsAsciiDigit);
        return IsAt(end, '.') && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1]) ? Run(end + 1, char.IsAsciiDigit) : end;
    }

    private int TimeEnd()
    {
        var end = at + 1;
        if (!IsAt(end, 'T'))
        {
            end = Digits(end, 4);
            end = IsAt(end, '-') && DigitsAt(end + 1, 2) ? Digits(end + 1, 2) : end;
            end = IsAt(end, '-') && DigitsAt(end + 1, 2) ? Digits(end + 1, 2) : end;
            if (!IsAt(end, 'T'))
            {
                return end;
            }

            end = ClockEnd(end + 1);
            return IsAt(end, 'Z') ? end + 1
                : (IsAt(end, '+') || IsAt(end, '-')) && DigitsAt(end + 1, 2) && IsAt(end + 3, ':') && DigitsAt(end + 4, 2) ? end + 6
                : end;
        }

        return ClockEnd(end + 1);
    }

    private int ClockEnd(int end)
    {
        end = Digits(end, 2);
        end = IsAt(end, ':') && DigitsAt(end + 1, 2) ? end + 3 : end;
        end = IsAt(end, ':') && DigitsAt(end + 1, 2) ? end + 3 : end;
        return IsAt(end, '.') && DigitsAt(end + 1, 1) ? Run(end + 1, char.IsAsciiDigit) : end;
    }

    private int Digits(int from, int most)
    {
        var end = from;
        while (end < text.Length && end - from < most && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end;
    }

    private bool DigitsAt(int from, int count) => Digits(from, count) == from + count;

    private bool IsAt(int position, char c) => position < text.Length && text[position] == c;

    private PathToken Quoted(PathTokenKind kind, char quote)
    {
        var start = at;
        var value = new StringBuilder();
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                at = i + 1;
                return new PathToken(kind, start, value.ToString());
            }

            if (text[i] != '\\')
            {
                value.Append(text[i]);
                continue;
            }

            i++;
            if (Escaped(ref i) is not { } c)
            {
                return Fail(PathRules.Escape, Math.Min(i, text.Length) - 1);
            }

            value.Append(c);
        }

        return Fail(PathRules.OpenString, start);
    }

    private char? Escaped(ref int i)
    {
        if (i >= text.Length)
        {
            return null;
        }

        switch (text[i])
        {
            case 't': return '\t';
            case 'r': return '\r';
            case 'n': return '\n';
            case 'f': return '\f';
            case '\'' or '"' or '`' or '\\' or '/': return text[i];
            case 'u' when i + 4 < text.Length && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                i += 4;
                return (char)unit;
            default: return null;
        }
    }

    private PathToken Fail(PathRule rule, int position)
    {
        Fault ??= PathFault.Of(rule, position);
        return new PathToken(PathTokenKind.End, position, "");
    }
}
