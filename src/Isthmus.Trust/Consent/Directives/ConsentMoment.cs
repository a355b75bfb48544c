using System.Globalization;

namespace Isthmus.Trust.Consent.Directives;

/// <summary>
/// A FHIR dateTime with the precision it was written in. Without an offset it means the stretch of time that it names
/// in the policy's zone: <c>2026-02</c> begins with 1 February and ends with the last instant of the month.
/// </summary>
/// <param name="Local">The first instant it names, on the clock it was written by.</param>
/// <param name="OffsetMinutes">Offset from UTC in minutes; null for dates.</param>
/// <param name="Precision">How much of the time it names.</param>
public sealed record ConsentMoment(DateTime Local, int? OffsetMinutes, MomentPrecision Precision)
{
    private static readonly (string Format, MomentPrecision Precision)[] Dates =
    [
        ("yyyy", MomentPrecision.Year),
        ("yyyy-MM", MomentPrecision.Month),
        ("yyyy-MM-dd", MomentPrecision.Day),
    ];

    /// <summary>Seconds are required with a time, and an offset with them (R4 datatypes.html#dateTime).</summary>
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static ConsentMoment? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        foreach (var (format, precision) in Dates)
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return new ConsentMoment(date, null, precision);
            }
        }

        var hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-');
        if (!hasOffset || !DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
        {
            return null;
        }

        var precise = text.Contains('.', StringComparison.Ordinal) ? MomentPrecision.Fraction : MomentPrecision.Second;
        return new ConsentMoment(instant.DateTime, (int)instant.Offset.TotalMinutes, precise);
    }

    /// <summary>The first instant that it names.</summary>
    public DateTimeOffset First(TimeZoneInfo zone) => At(Local, zone);

    /// <summary>The first instant after all that it names, so that a period's end is inclusive.</summary>
    public DateTimeOffset After(TimeZoneInfo zone) => At(
        Precision switch
        {
            MomentPrecision.Year => Local.AddYears(1),
            MomentPrecision.Month => Local.AddMonths(1),
            MomentPrecision.Day => Local.AddDays(1),
            MomentPrecision.Second => Local.AddSeconds(1),
            _ => Local.AddTicks(1),
        },
        zone);

    private DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        if (OffsetMinutes is { } minutes)
        {
            return new DateTimeOffset(local, TimeSpan.FromMinutes(minutes));
        }

        // Midnight that a change to summer time skips does not exist: the day then begins with its first instant.
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}

public enum MomentPrecision
{
    Year,
    Month,
    Day,
    Second,
    Fraction,
}
