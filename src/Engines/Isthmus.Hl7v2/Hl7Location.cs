using System.Globalization;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>
/// A place in a message, as analysts write it: <c>PID-3</c>, <c>OBX[3]-5.1</c>, <c>PID-3[2].4.1</c>.
/// Numbers are one-based; zero means "not that deep". Carries no value of the message: a segment whose
/// name is not a segment name is located by its ordinal (<c>segment 7</c>).
/// </summary>
/// <param name="Segment">Three-character segment name, or null where there is none to be trusted.</param>
/// <param name="Occurrence">Which of the segments of that name; without a name, which segment of the message.</param>
public readonly record struct Hl7Location(
    string? Segment, int Occurrence, int Field = 0, int Repetition = 0, int Component = 0, int Subcomponent = 0)
{
    /// <summary>The message as a whole.</summary>
    public static Hl7Location Message => default;

    public override string ToString()
    {
        if (Segment is null && Occurrence == 0)
        {
            return "message";
        }

        var text = new StringBuilder();
        if (Segment is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"segment {Occurrence}");
        }
        else
        {
            text.Append(Segment);
            AppendBracket(text, Occurrence);
        }

        if (Field > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"-{Field}");
            AppendBracket(text, Repetition);
        }

        if (Component > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $".{Component}");
        }

        if (Subcomponent > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $".{Subcomponent}");
        }

        return text.ToString();
    }

    /// <summary>The first is not numbered: <c>PID-3</c>, not <c>PID[1]-3[1]</c>.</summary>
    private static void AppendBracket(StringBuilder text, int ordinal)
    {
        if (ordinal > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{ordinal}]");
        }
    }
}
