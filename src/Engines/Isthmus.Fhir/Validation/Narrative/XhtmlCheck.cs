using System.Buffers;
using System.Buffers.Text;
using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Validation.Narrative;

/// <summary>
/// Checks a narrative's xhtml in one pass over its bytes: well-formed, only the elements and attributes allowed, nothing that
/// runs code. No tree is built and the nesting is bounded, so that hostile text costs no more than its length.
/// </summary>
internal ref struct XhtmlCheck
{
    private const int MostDepth = 100;

    private static readonly SearchValues<byte> NameEnd = SearchValues.Create(" \t\r\n/>=<\"'&"u8);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> Space = SearchValues.Create(" \t\r\n"u8);

    private readonly ReadOnlySpan<byte> text;
    private readonly Span<(int Start, int Length)> open;
    private int at;
    private int depth;
    private bool hasContent;
    private bool hasNamespace;
    private (FindingRule Rule, string? Detail)? fault;

    private XhtmlCheck(ReadOnlySpan<byte> text, Span<(int, int)> open)
    {
        this.text = text;
        this.open = open;
    }

    /// <summary>The rule that the text breaks first, with what is to be said of it; null if it breaks none.</summary>
    public static (FindingRule Rule, string? Detail)? Run(ReadOnlySpan<byte> text)
    {
        var check = new XhtmlCheck(text, stackalloc (int, int)[MostDepth]);
        return check.Document();
    }

    private (FindingRule Rule, string? Detail)? Document()
    {
        SkipSpace();
        if (!text[at..].StartsWith("<div"u8))
        {
            return (NarrativeRules.Root, null);
        }

        do
        {
            if (text[at] == '<')
            {
                Markup();
            }
            else
            {
                Text();
            }
        }
        while (fault is null && depth > 0 && at < text.Length);

        if (fault is not null)
        {
            return fault;
        }

        SkipSpace();
        return depth > 0 ? (NarrativeRules.NotWellFormed, "an element is not closed")
            : at < text.Length ? (NarrativeRules.NotWellFormed, "something follows the div")
            : !hasNamespace ? (NarrativeRules.Root, null)
            : !hasContent ? (NarrativeRules.Empty, null)
            : null;
    }

    private void Markup()
    {
        var rest = text[at..];
        if (rest.StartsWith("<!--"u8))
        {
            Skip("-->"u8, 4, "a comment is not closed");
        }
        else if (rest.StartsWith("<![CDATA["u8))
        {
            hasContent = true;
            Skip("]]>"u8, 9, "a CDATA section is not closed");
        }
        else if (rest.StartsWith("</"u8))
        {
            EndTag();
        }
        else
        {
            StartTag();
        }
    }

    private void StartTag()
    {
        at++;
        var start = at;
        var name = Name();
        if (name.IsEmpty)
        {
            fault = (NarrativeRules.NotWellFormed, "a < is not followed by a name");
            return;
        }

        if (!XhtmlNames.IsElement(name))
        {
            fault = (NarrativeRules.Element, null);
            return;
        }

        hasContent |= name.SequenceEqual("img"u8);
        while (fault is null)
        {
            SkipSpace();
            if (text[at..].StartsWith("/>"u8))
            {
                at += 2;
                return;
            }

            if (at < text.Length && text[at] == '>')
            {
                at++;
                Open(start, name.Length);
                return;
            }

            Attribute();
        }
    }

    private void Open(int start, int length)
    {
        if (depth == MostDepth)
        {
            fault = (NarrativeRules.NotWellFormed, "it is nested deeper than a narrative can be");
            return;
        }

        open[depth++] = (start, length);
    }

    private void EndTag()
    {
        at += 2;
        var name = Name();
        SkipSpace();
        if (at >= text.Length || text[at] != '>')
        {
            fault = (NarrativeRules.NotWellFormed, "an end tag is not closed");
            return;
        }

        at++;
        var (start, length) = open[--depth];
        if (!name.SequenceEqual(text.Slice(start, length)))
        {
            fault = (NarrativeRules.NotWellFormed, "an end tag does not close the element that is open");
        }
    }

    private void Attribute()
    {
        var name = Name();
        SkipSpace();
        if (name.IsEmpty || at >= text.Length || text[at] != '=')
        {
            fault = (NarrativeRules.NotWellFormed, "an attribute has no value");
            return;
        }

        at++;
        SkipSpace();
        if (at >= text.Length || text[at] is not ((byte)'"' or (byte)'\'') || text[(at + 1)..].IndexOf(text[at]) is not (>= 0 and var length))
        {
            fault = (NarrativeRules.NotWellFormed, "an attribute's value is not in quotes");
            return;
        }

        var value = text.Slice(at + 1, length);
        at += length + 2;
        if (value.Contains((byte)'<'))
        {
            fault = (NarrativeRules.NotWellFormed, "an attribute's value has a <");
        }
        else if (name.SequenceEqual("xmlns"u8))
        {
            hasNamespace |= value.SequenceEqual("http://www.w3.org/1999/xhtml"u8);
        }
        else if (!XhtmlNames.IsAttribute(name) && !name.StartsWith("xmlns:"u8))
        {
            fault = (NarrativeRules.Attribute, null);
        }
        else if ((name.SequenceEqual("href"u8) || name.SequenceEqual("src"u8)) && RunsCode(value))
        {
            fault = (NarrativeRules.Script, null);
        }
        else
        {
            Entities(value);
        }
    }

    /// <summary>Browsers read a scheme without regard to case, past white space and control characters, and by what characters stand for.</summary>
    private static bool RunsCode(ReadOnlySpan<byte> value)
    {
        Span<byte> scheme = stackalloc byte[12];
        var length = 0;
        while (!value.IsEmpty)
        {
            var character = Take(ref value);
            if (character <= ' ')
            {
                continue;
            }

            if (character == ':' || length == scheme.Length)
            {
                break;
            }

            scheme[length++] = (byte)(Math.Min(character, 0xff) | 0x20);
        }

        return scheme[..length].SequenceEqual("javascript"u8) || scheme[..length].SequenceEqual("vbscript"u8);
    }

    /// <summary>The byte that is next, or the character that is written by its number.</summary>
    private static int Take(ref ReadOnlySpan<byte> value)
    {
        if (value.StartsWith("&#"u8) && value.IndexOf((byte)';') is > 2 and var end)
        {
            var number = value[2..end];
            var isHex = number[0] is (byte)'x' or (byte)'X';
            if (Utf8Parser.TryParse(isHex ? number[1..] : number, out int character, out _, isHex ? 'x' : 'D'))
            {
                value = value[(end + 1)..];
                return character;
            }
        }

        var next = value[0];
        value = value[1..];
        return next;
    }

    private void Text()
    {
        var run = text[at..];
        run = run.IndexOf((byte)'<') is var next and >= 0 ? run[..next] : run;
        at += run.Length;
        hasContent |= run.ContainsAnyExcept(Space);
        Entities(run);
    }

    /// <summary>XML's five, the no-break space that many write, and characters by number.</summary>
    private void Entities(ReadOnlySpan<byte> run)
    {
        while (run.IndexOf((byte)'&') is var start and >= 0)
        {
            run = run[(start + 1)..];
            var end = run.IndexOf((byte)';');
            var name = end > 0 ? run[..end] : [];
            var known = name.SequenceEqual("amp"u8) || name.SequenceEqual("lt"u8) || name.SequenceEqual("gt"u8) || name.SequenceEqual("quot"u8)
                || name.SequenceEqual("apos"u8) || name.SequenceEqual("nbsp"u8) || IsNumber(name);
            if (!known)
            {
                fault = (NarrativeRules.Entity, null);
                return;
            }
        }
    }

    private static bool IsNumber(ReadOnlySpan<byte> name) => name switch
    {
        [(byte)'#', (byte)'x', _, ..] => !name[2..].ContainsAnyExcept(HexDigits),
        [(byte)'#', _, ..] => !name[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'),
        _ => false,
    };

    private ReadOnlySpan<byte> Name()
    {
        var rest = text[at..];
        var name = rest.IndexOfAny(NameEnd) is var end and >= 0 ? rest[..end] : rest;
        at += name.Length;
        return name;
    }

    private void Skip(ReadOnlySpan<byte> end, int start, string unclosed)
    {
        var found = text[(at + start)..].IndexOf(end);
        if (found < 0)
        {
            fault = (NarrativeRules.NotWellFormed, unclosed);
            return;
        }

        at += start + found + end.Length;
    }

    private void SkipSpace()
    {
        while (at < text.Length && Space.Contains(text[at]))
        {
            at++;
        }
    }
}
