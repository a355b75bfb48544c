using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// HL7 table 0335 (HL7 v2.5.1 §4.3.2.1) as Timing.repeat: <c>Q6H</c>, <c>BID</c>, <c>3ID</c>, <c>Q1J135</c>, <c>QHS</c>, <c>PCM</c>,
/// <c>PRNQ4H</c>. A pattern that is in no such form leaves the repeat unmade; the code itself is kept by the map.
/// </summary>
internal static class RepeatPattern
{
    private static readonly int RepeatName = FhirNames.IdOf("repeat"u8);
    private static readonly int FrequencyName = FhirNames.IdOf("frequency"u8);
    private static readonly int PeriodName = FhirNames.IdOf("period"u8);
    private static readonly int PeriodUnitName = FhirNames.IdOf("periodUnit"u8);
    private static readonly int DayOfWeekName = FhirNames.IdOf("dayOfWeek"u8);
    private static readonly int WhenName = FhirNames.IdOf("when"u8);
    private static readonly int CountName = FhirNames.IdOf("count"u8);

    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static RuleAction Compile(FunctionUse use)
    {
        var register = use.Register;
        return (run, frame, value) =>
        {
            var bytes = run.Text.Bytes(run.Text.Innermost(value));
            if (bytes.Length is 0 or > 16 || Parse(Encoding.ASCII.GetString(bytes).ToUpperInvariant()) is not { } pattern)
            {
                return;
            }

            var repeat = run.Builder.Object(run.Ensure(frame, register), RepeatName);
            if (run.Builder.Has(repeat, PeriodName))
            {
                return;
            }

            Number(run, repeat, CountName, pattern.Count);
            Number(run, repeat, FrequencyName, pattern.Frequency);
            Number(run, repeat, PeriodName, pattern.Period);
            if (pattern.Period > 0)
            {
                run.Builder.String(repeat, PeriodUnitName, Encoding.ASCII.GetBytes(pattern.Unit!));
            }

            foreach (var day in pattern.Days ?? string.Empty)
            {
                Text(run, repeat, DayOfWeekName, Days[day - '1']);
            }

            if (pattern.When is not null)
            {
                Text(run, repeat, WhenName, pattern.When);
            }
        };
    }

    /// <summary>What a pattern says; null where it is none of the table's.</summary>
    public static Pattern? Parse(string code) => code switch
    {
        "BID" => new(2, 1, "d"),
        "TID" => new(3, 1, "d"),
        "QID" => new(4, 1, "d"),
        "QD" or "DAILY" => new(1, 1, "d"),
        "QOD" => new(1, 2, "d"),
        "QAM" => new(1, 1, "d") { When = "MORN" },
        "QPM" => new(1, 1, "d") { When = "EVE" },
        "QHS" => new(1, 1, "d") { When = "HS" },
        "QSHIFT" => new(3, 1, "d"),
        "ONCE" => new(0, 0, null) { Count = 1 },
        "HS" or "AC" or "PC" or "ACM" or "ACD" or "ACV" or "PCM" or "PCD" or "PCV" or "CM" or "CD" or "CV" => new(0, 0, null) { When = code },
        _ when code.StartsWith("PRN", StringComparison.Ordinal) && code.Length > 3 => Parse(code[3..]),
        [.. var times, 'I', 'D'] when int.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out var frequency) && frequency > 0 => new(frequency, 1, "d"),
        ['Q', .. var rest] => Every(rest),
        _ => null,
    };

    /// <summary>Behind the Q: a number (none is one), a unit, and behind J the days of the week, 1 being Monday.</summary>
    private static Pattern? Every(string rest)
    {
        var unit = rest.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (unit < 0 || (unit > 0 && !int.TryParse(rest[..unit], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return null;
        }

        var period = unit == 0 ? 1 : int.Parse(rest[..unit], CultureInfo.InvariantCulture);
        var days = rest[(unit + 1)..];
        return (rest[unit], period > 0, days.Length == 0) switch
        {
            ('S', true, true) => new(1, period, "s"),
            ('M', true, true) => new(1, period, "min"),
            ('H', true, true) => new(1, period, "h"),
            ('D', true, true) => new(1, period, "d"),
            ('W', true, true) => new(1, period, "wk"),
            ('L', true, true) => new(1, period, "mo"),
            ('J', true, false) when !days.AsSpan().ContainsAnyExceptInRange('1', '7') => new(1, period, "wk") { Days = days },
            _ => null,
        };
    }

    private static void Number(TranslationRun run, int repeat, int name, int number)
    {
        if (number > 0 && !run.Builder.Has(repeat, name))
        {
            var room = run.Builder.Room(11);
            _ = number.TryFormat(room, out var length, default, CultureInfo.InvariantCulture);
            run.Builder.Take(repeat, name, repeats: false, length, FhirKind.Number);
        }
    }

    private static void Text(TranslationRun run, int repeat, int name, string text)
    {
        var length = Encoding.ASCII.GetBytes(text, run.Builder.Room(text.Length));
        run.Builder.Take(repeat, name, repeats: true, length);
    }

    /// <summary>Frequency and period are 0 where the pattern has none.</summary>
    internal sealed record Pattern(int Frequency, int Period, string? Unit)
    {
        public string? Days { get; init; }

        public string? When { get; init; }

        public int Count { get; init; }
    }
}
