using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Search;

/// <summary>
/// The time that a date, an instant, a Period or a Timing covers (FHIR R4 search.html#date): what is not said is all that is possible,
/// and a time without offset is taken at the offset that the caller names.
/// </summary>
internal static class SearchDates
{
    private const int LongestDate = 48;

    /// <summary>A date of whatever precision; null if it is not one.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until)? Of(FhirElement date, TimeSpan offset)
    {
        var text = date.Text;
        Span<char> chars = stackalloc char[LongestDate];
        return date.Kind != FhirKind.String || text.Length > LongestDate ? null : Of(chars[..Encoding.UTF8.GetChars(text, chars)], offset);
    }

    /// <summary>The same of a text.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until)? Of(ReadOnlySpan<char> text, TimeSpan offset)
    {
        if (!PathTimeParser.TryDateTime(text, out var time))
        {
            return null;
        }

        var from = new DateTime(time.Ticks);
        var until = time.Precision switch
        {
            PathTime.Year => from.Year == DateTime.MaxValue.Year ? DateTime.MaxValue : from.AddYears(1),
            PathTime.Month => from.Year == DateTime.MaxValue.Year && from.Month == 12 ? DateTime.MaxValue : from.AddMonths(1),
            PathTime.Day => Later(from, TimeSpan.TicksPerDay),
            PathTime.Hour => Later(from, TimeSpan.TicksPerHour),
            PathTime.Minute => Later(from, TimeSpan.TicksPerMinute),
            PathTime.Second => Later(from, TimeSpan.TicksPerSecond),
            _ => Later(from, Math.Max(1, TimeSpan.TicksPerSecond / (long)Math.Pow(10, time.Digits))),
        };
        var east = time.HasOffset ? TimeSpan.FromMinutes(time.Offset) : offset;
        return (AtOffset(from, east), AtOffset(until, east));
    }

    /// <summary>A Period; an end that is missing is open.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until)? OfPeriod(FhirElement period, TimeSpan offset)
    {
        var start = Of(period["start"u8], offset);
        var end = Of(period["end"u8], offset);
        return start is null && end is null ? null : (start?.From ?? DateTimeOffset.MinValue, end?.Until ?? DateTimeOffset.MaxValue);
    }

    /// <summary>Each event of a Timing, and the bounds within which it repeats.</summary>
    public static IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> OfTiming(FhirElement timing, TimeSpan offset)
    {
        foreach (var moment in timing["event"u8])
        {
            if (Of(moment, offset) is { } range)
            {
                yield return range;
            }
        }

        if (OfPeriod(timing["repeat"u8]["boundsPeriod"u8], offset) is { } bounds)
        {
            yield return bounds;
        }
    }

    private static DateTime Later(DateTime at, long ticks) => at.Ticks > DateTime.MaxValue.Ticks - ticks ? DateTime.MaxValue : at.AddTicks(ticks);

    /// <summary>In UTC, held within what can be told.</summary>
    private static DateTimeOffset AtOffset(DateTime local, TimeSpan offset) =>
        new(Math.Clamp(local.Ticks - offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero);
}
