using System.Text;
using System.Text.RegularExpressions;

namespace Isthmus.Hl7v2.Tests;

/// <summary>
/// The obvious reader: splits strings. Slow, and so plain that it can be believed; the real reader must agree
/// with it on every frame. Knows nothing of charsets: the frames compared are valid UTF-8.
/// </summary>
internal sealed partial class Oracle
{
    private readonly char field;
    private readonly char? component;
    private readonly char? repetition;
    private readonly char? escape;
    private readonly char? subcomponent;
    private readonly char? truncation;

    private Oracle(char field, string encodingCharacters)
    {
        this.field = field;
        var taken = new List<char> { field };
        component = Take(0);
        repetition = Take(1);
        escape = Take(2);
        subcomponent = Take(3);
        truncation = Take(4);

        char? Take(int at)
        {
            if (at >= encodingCharacters.Length || !CanDelimit(encodingCharacters[at]) || taken.Contains(encodingCharacters[at]))
            {
                return null;
            }

            taken.Add(encodingCharacters[at]);
            return encodingCharacters[at];
        }
    }

    /// <summary>Segments, fields, repetitions, components, sub-components: the text of each, after the name of the segment.</summary>
    public List<(string Line, List<List<List<List<string>>>> Fields)> Segments { get; } = [];

    public static Oracle? Read(string frame)
    {
        var text = frame.TrimStart('\uFEFF').TrimStart('\r', '\n', ' ');
        var start = text.StartsWith("MSH", StringComparison.Ordinal) ? 0 : Start(text);
        if (start < 0 || start + 3 >= text.Length || !CanDelimit(text[start + 3]))
        {
            return null;
        }

        text = text[start..];
        var block = Enumerable.Range(0, text.Length).Where(at => text[at] is '\v' or '\u001C' && at + 4 < text.Length
            && text.AsSpan(at + 1).StartsWith("MSH") && CanDelimit(text[at + 4])).Append(-1).First();
        text = block < 0 ? text : text[..block];
        var field = text[3];
        var lines = text.Split('\r', '\n').Where(line => line.Trim(' ').Length > 0).ToList();
        var encodingCharacters = lines[0][4..].Split(field)[0];
        var oracle = new Oracle(field, AsBytes(encodingCharacters));
        for (var i = 0; i < lines.Count && (i == 0 || !BeginsAnother(lines[i])); i++)
        {
            oracle.Add(lines[i], i == 0);
        }

        return oracle;
    }

    private static bool BeginsAnother(string line) =>
        line == "MSH" || (line.StartsWith("MSH", StringComparison.Ordinal) && CanDelimit(line[3]));

    private static int Start(string text)
    {
        var candidates = Enumerable.Range(0, Math.Max(text.Length - 3, 0))
            .Where(at => text.AsSpan(at).StartsWith("MSH") && CanDelimit(text[at + 3])).ToList();
        var atLine = candidates.FindIndex(at => at > 0 && text[at - 1] is '\r' or '\n');
        return candidates.Count == 0 ? -1 : candidates[Math.Max(atLine, 0)];
    }

    private static bool CanDelimit(char character) => character is > ' ' and < '\u007F' && !char.IsAsciiLetterOrDigit(character);

    /// <summary>A character beyond ASCII takes as many places in MSH-2 as it has bytes, none of them usable.</summary>
    private static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private void Add(string line, bool isMsh)
    {
        var fields = line.Split(field).Skip(1).Select(Parts).ToList();
        if (isMsh && fields.Count > 0)
        {
            fields[0] = [[[Printable(line[4..].Split(field)[0])]]];
        }

        if (DeclaresDelimiters(line) && fields.Count > 0)
        {
            if (!isMsh)
            {
                fields[0] = [[[Printable(line.Split(field)[1])]]];
            }

            fields.Insert(0, [[[field.ToString()]]]);
        }

        Segments.Add((line, fields));
    }

    private bool DeclaresDelimiters(string line) => line.Split(field)[0] is "MSH" or "BHS" or "FHS";

    private List<List<List<string>>> Parts(string field) =>
        Split(field, this.repetition).Select(repetition =>
            Split(repetition, this.component).Select(component =>
                Split(component, subcomponent).Select(Text).ToList()).ToList()).ToList();

    private static string[] Split(string text, char? delimiter) => delimiter is { } character ? text.Split(character) : [text];

    private string Text(string raw)
    {
        var text = new StringBuilder();
        var pieces = Split(raw, escape);
        for (var i = 0; i < pieces.Length; i++)
        {
            // Pieces alternate between text and sequence; a sequence needs a piece behind it to be closed.
            if (i % 2 == 0)
            {
                text.Append(pieces[i]);
            }
            else if (i + 1 < pieces.Length)
            {
                text.Append(Sequence(pieces[i]) ?? $"{escape}{pieces[i]}{escape}");
            }
            else
            {
                text.Append(escape).Append(pieces[i]);
            }
        }

        return Printable(text.ToString());
    }

    private static string Printable(string text) => ControlCharacter().Replace(text, "?");

    [GeneratedRegex(@"[\x00-\x08\x0B\x0C\x0E-\x1F]", RegexOptions.NonBacktracking)]
    private static partial Regex ControlCharacter();

    private string? Sequence(string sequence) => sequence switch
    {
        "F" => field.ToString(),
        "S" => (component ?? '^').ToString(),
        "T" => (subcomponent ?? '&').ToString(),
        "R" => (repetition ?? '~').ToString(),
        "E" => escape.ToString(),
        "P" => (truncation ?? '#').ToString(),
        "H" or "N" => "",
        _ when sequence.StartsWith('X') => Hexadecimal(sequence[1..]),
        _ when sequence.StartsWith(".br", StringComparison.Ordinal) || sequence.StartsWith(".ce", StringComparison.Ordinal) => "\n",
        _ when sequence.StartsWith(".sp", StringComparison.Ordinal) => Run('\n', sequence),
        _ when sequence.StartsWith(".sk", StringComparison.Ordinal) => Run(' ', sequence),
        _ when Layout().IsMatch(sequence) => "",
        _ => null,
    };

    [GeneratedRegex(@"\A\.(in|ti|fi|nf)", RegexOptions.NonBacktracking)]
    private static partial Regex Layout();

    private static string? Hexadecimal(string digits)
    {
        if (digits.Length == 0 || digits.Length % 2 == 1 || !digits.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var bytes = Convert.FromHexString(digits);
        try
        {
            return new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    private static string Run(char character, string sequence)
    {
        var digits = string.Concat(sequence.Where(char.IsAsciiDigit));
        var count = System.Numerics.BigInteger.Parse("0" + digits, System.Globalization.CultureInfo.InvariantCulture);
        var room = Encoding.UTF8.GetByteCount(sequence) + 2;
        return new string(character, count == 0 ? 1 : count > room ? room : (int)count);
    }
}
