using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>Which of two dates or times comes first, whatever their zones; as far as they are precise.</summary>
internal static class DateOrder
{
    /// <summary>Whether the first had certainly passed when the second began: a day is not before an hour of the same day.</summary>
    public static Condition Before(Source earlier, Source later) => (run, frame) =>
        Moment(run, earlier(run, frame)) is { } one && Moment(run, later(run, frame)) is { } other && End(one.Time) - one.Offset <= other.Time.Local.Ticks - other.Offset;

    private static (Hl7DateTime Time, long Offset)? Moment(TranslationRun run, Slice value)
    {
        if (!Hl7DateTime.TryParse(run.Text.Bytes(run.Text.Innermost(value)), out var time))
        {
            return null;
        }

        var offset = time.Offset is { } sent ? sent.Ticks : run.Offsets.Minutes(run.Message, run.Context.Zone, time.Local, out _) * TimeSpan.TicksPerMinute;
        return (time, offset);
    }

    /// <summary>The first tick that the value no longer speaks of.</summary>
    private static long End(in Hl7DateTime time) => time.Local.Ticks + (time.Precision switch
    {
        Hl7Precision.Year => (DateTime.IsLeapYear(time.Local.Year) ? 366 : 365) * TimeSpan.TicksPerDay,
        Hl7Precision.Month => DateTime.DaysInMonth(time.Local.Year, time.Local.Month) * TimeSpan.TicksPerDay,
        Hl7Precision.Day => TimeSpan.TicksPerDay,
        Hl7Precision.Hour => TimeSpan.TicksPerHour,
        Hl7Precision.Minute => TimeSpan.TicksPerMinute,
        Hl7Precision.Second => TimeSpan.TicksPerSecond,
        _ => 1,
    });
}
