using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Paths;

/// <summary>The unit of a quantity: a UCUM code, or one of FHIRPath's calendar durations (<c>1 month</c>), which are not of fixed length.</summary>
internal sealed class PathUnit
{
    private static readonly Dictionary<string, PathUnit> Durations = new[]
    {
        ("year", "a"), ("month", "mo"), ("week", "wk"), ("day", "d"), ("hour", "h"), ("minute", "min"), ("second", "s"), ("millisecond", "ms"),
    }.SelectMany(duration => new[] { duration.Item1, duration.Item1 + "s" }.Select(word => new PathUnit(word, duration.Item2, isCalendar: true)))
        .ToDictionary(unit => unit.Text, StringComparer.Ordinal);

    private PathUnit(string text, string code, bool isCalendar)
    {
        Text = text;
        Code = code;
        IsCalendar = isCalendar;
    }

    /// <summary>The unit 1, of numbers that were made quantities.</summary>
    public static PathUnit One { get; } = Ucum("1");

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>The UCUM code; for calendar durations, of the definite duration closest to them.</summary>
    public string Code { get; }

    public bool IsCalendar { get; }

    /// <summary>What UCUM makes of the code; null if it is not one of UCUM's.</summary>
    public UcumUnit? Measure => Units.Ucum.Unit(Code);

    /// <summary>A calendar duration of which no definite length can be told: its years and months differ.</summary>
    public bool IsIndefinite => IsCalendar && Code is ("a" or "mo");

    public static PathUnit Ucum(string code) => new(code, code, isCalendar: false);

    public static PathUnit Calendar(string word) => Durations[word];

    public static bool IsDuration(string word) => Durations.ContainsKey(word);

    /// <summary>As a literal writes it: UCUM codes in quotes, calendar durations without.</summary>
    public override string ToString() => IsCalendar ? Text : $"'{Text}'";
}
