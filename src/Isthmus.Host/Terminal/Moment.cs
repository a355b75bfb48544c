using System.Globalization;

namespace Isthmus.Host.Terminal;

/// <summary>A time as people give it: a date, with a time or without, in UTC unless it has an offset; or how long ago.</summary>
internal static class Moment
{
    public const string Forms = "a time such as 2026-11-20T08:00 (UTC), or how long ago: 15m, 2h, 3d";

    /// <summary>In days nearly three centuries; more is a slip of the finger.</summary>
    private const int MostUnits = 100_000;

    /// <summary>Null when it is neither.</summary>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= MostUnits && UnitOf(text[^1]) is { } unit)
        {
            return now - (count * unit);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    private static TimeSpan? UnitOf(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
