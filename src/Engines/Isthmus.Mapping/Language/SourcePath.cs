using System.Globalization;

namespace Isthmus.Mapping.Language;

/// <summary>
/// Where a value comes from: <c>PID-5.1.2</c> in a segment map, <c>CX.4.1</c> in a datatype map. Numbers are one-based;
/// 0 means the whole of what is above.
/// </summary>
/// <param name="Segment">The segment's name; empty in a datatype map.</param>
/// <param name="Datatype">The datatype's name; empty in a segment map.</param>
internal readonly record struct SourcePath(string Segment, string Datatype, int Field, int Component, int Subcomponent)
{
    /// <summary>Reads a path; null if it is not one.</summary>
    public static SourcePath? Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash >= 0)
        {
            var parts = Numbers(text[(dash + 1)..]);
            return dash == 3 && IsName(text[..3]) && parts is { Length: >= 1 and <= 3 }
                ? new SourcePath(text[..3], string.Empty, parts[0], At(parts, 1), At(parts, 2))
                : null;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return text == "$this" ? new SourcePath(string.Empty, string.Empty, 0, 0, 0)
                : text.Length == 3 && IsName(text) ? new SourcePath(text, string.Empty, 0, 0, 0)
                : null;
        }

        var numbers = Numbers(text[(dot + 1)..]);
        return dot is >= 2 and <= 3 && IsName(text[..dot]) && numbers is { Length: >= 1 and <= 2 }
            ? new SourcePath(string.Empty, text[..dot], 0, numbers[0], At(numbers, 1))
            : null;
    }

    /// <summary>
    /// Whether this is what stands behind an observation's code: <c>8601-7&amp;IMP</c> (HL7 v2 chapter 7, suffixes for defining observation
    /// ids for common components of narrative reports). The datatype has no such part.
    /// </summary>
    public bool IsObservationSuffix => this is { Segment: "OBX", Field: 3, Component: 1, Subcomponent: 2 };

    public bool IsWhole => Field == 0 && Component == 0;

    private static int At(int[] numbers, int index) => index < numbers.Length ? numbers[index] : 0;

    private static bool IsName(string text) => char.IsAsciiLetterUpper(text[0]) && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));

    private static int[]? Numbers(string text)
    {
        var parts = text.Split('.');
        var numbers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || numbers[i] is < 1 or > 999)
            {
                return null;
            }
        }

        return numbers;
    }
}
