using System.Globalization;

namespace Isthmus.Exchange.Contracts;

/// <summary>
/// A place in an HL7 v2 message in the field's own words: <c>PID-5</c>, or <c>PID-5.1</c> for one component.
/// </summary>
/// <param name="Segment">Three characters: a capital letter, then capital letters or digits.</param>
/// <param name="Field">Field number, from 1.</param>
/// <param name="Component">Component number from 1, or 0 for the whole field.</param>
public readonly record struct FieldLocation(string Segment, int Field, int Component = 0)
{
    /// <summary>No segment of HL7 v2 comes near; the bound keeps the lookup arrays small.</summary>
    public const int MaxField = 255;

    private const int MaxComponent = 63;

    /// <summary>Reads <c>SEG-field</c> or <c>SEG-field.component</c>; false when it is neither.</summary>
    public static bool TryParse(string text, out FieldLocation location)
    {
        location = default;
        if (text.Length < 5 || text[3] != '-' || !IsSegmentName(text.AsSpan(0, 3)))
        {
            return false;
        }

        var rest = text.AsSpan(4);
        var component = 0;
        var dot = rest.IndexOf('.');
        if (dot >= 0)
        {
            if (!TryNumber(rest[(dot + 1)..], MaxComponent, out component))
            {
                return false;
            }

            rest = rest[..dot];
        }

        if (!TryNumber(rest, MaxField, out var field))
        {
            return false;
        }

        location = new FieldLocation(text[..3], field, component);
        return true;
    }

    public override string ToString() => Component == 0 ? $"{Segment}-{Field}" : $"{Segment}-{Field}.{Component}";

    private static bool TryNumber(ReadOnlySpan<char> text, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;

    private static bool IsSegmentName(ReadOnlySpan<char> name) =>
        char.IsAsciiLetterUpper(name[0])
        && (char.IsAsciiLetterUpper(name[1]) || char.IsAsciiDigit(name[1]))
        && (char.IsAsciiLetterUpper(name[2]) || char.IsAsciiDigit(name[2]));
}
