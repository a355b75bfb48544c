namespace Isthmus.Fhir.Paths;

/// <summary>
/// Dates and times plus durations (FHIRPath 2.0.0 section 6.6.8): the duration is taken in the precision of the date, what is finer is cut off.
/// </summary>
internal static class PathTimeArithmetic
{
    private const long DaysOfYear = 365;
    private const long DaysOfMonth = 30;

    public static void Add(PathRun run, in FhirPathValue time, in FhirPathValue quantity, int sign, int position)
    {
        var unit = (PathUnit)quantity.Reference!;
        if (!IsDuration(unit) || (time.Kind == PathKind.Time && unit.Code is ("a" or "mo" or "wk" or "d")))
        {
            run.Fail(PathRules.Operand, position);
            return;
        }

        if (Math.Abs(quantity.Number) > int.MaxValue)
        {
            return;
        }

        try
        {
            run.Push(new FhirPathValue(Sum(time.Time, time.Kind, quantity.Number * sign, unit.Code), time.Kind));
        }
        catch (ArgumentOutOfRangeException)
        {
            // A date before the year 1 or after 9999 cannot be represented: empty.
        }
    }

    /// <summary>Calendar durations, and definite ones up to a week: a definite year or month is no number of calendar days.</summary>
    private static bool IsDuration(PathUnit unit) => unit.IsCalendar || unit.Code is "wk" or "d" or "h" or "min" or "s" or "ms";

    private static PathTime Sum(PathTime time, PathKind kind, decimal amount, string unit)
    {
        var start = new DateTime(time.Ticks);
        if (unit is "a" or "mo")
        {
            var months = (int)Math.Clamp(decimal.Truncate(amount) * (unit == "a" ? 12 : 1), -1_000_000m, 1_000_000m);
            months = time.Precision == PathTime.Year ? months / 12 * 12 : months;
            return new PathTime(start.AddMonths(months).Ticks, time.Precision, time.Offset, time.Digits);
        }

        var ticks = TicksOf(amount, unit);
        var days = ticks / TimeSpan.TicksPerDay;
        var sum = time.Precision switch
        {
            PathTime.Year => start.AddYears((int)(days / DaysOfYear)).Ticks,
            PathTime.Month => start.AddMonths((int)(days / DaysOfMonth)).Ticks,
            PathTime.Day => start.AddDays(days).Ticks,
            PathTime.Hour => time.Ticks + (ticks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour),
            PathTime.Minute => time.Ticks + (ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute),
            _ => time.Ticks + ticks,
        };
        sum = kind == PathKind.Time ? ((sum % TimeSpan.TicksPerDay) + TimeSpan.TicksPerDay) % TimeSpan.TicksPerDay : new DateTime(sum).Ticks;
        var fraction = sum % TimeSpan.TicksPerSecond != 0 && time.Digits < 3;
        return new PathTime(sum, fraction ? PathTime.Millisecond : time.Precision, time.Offset, fraction ? (byte)3 : time.Digits);
    }

    /// <summary>Fractions count for seconds and below (section 6.6.8); of longer units they are cut off.</summary>
    private static long TicksOf(decimal amount, string unit) => unit switch
    {
        "wk" => (long)amount * 7 * TimeSpan.TicksPerDay,
        "d" => (long)amount * TimeSpan.TicksPerDay,
        "h" => (long)amount * TimeSpan.TicksPerHour,
        "min" => (long)amount * TimeSpan.TicksPerMinute,
        "s" => (long)(amount * TimeSpan.TicksPerSecond),
        _ => (long)(amount * TimeSpan.TicksPerMillisecond),
    };
}
