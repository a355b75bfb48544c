using System.Globalization;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Governance.Yaml;

/// <summary>How times, sizes and the like are written in a site.</summary>
internal static class Quantities
{
    public const string DurationShape = "a duration such as 500ms, 30s, 10m, 24h, 7d or 7y";
    public const string BytesShape = "a size such as 512, 64KiB, 16MiB or 1GiB";
    public const string ZoneShape = "a time zone of this machine, such as America/New_York";
    public const string UrlShape = "an http or https URL";
    public const string MllpUrlShape = "an address such as mllps://host:2575, or mllp:// on loopback";
    public const string LocationShape = "a location such as PID-5 or PID-5.1";

    /// <summary>A year counts 366 days, so that a legal term is never cut short.</summary>
    private static readonly (string Unit, TimeSpan Span)[] Durations =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
        ("y", TimeSpan.FromDays(366)),
    ];

    private static readonly (string Unit, long Size)[] Sizes = [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30)];

    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        foreach (var (unit, span) in Durations)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && TryWhole(text.AsSpan(0, text.Length - unit.Length), 1_000_000, out var count))
            {
                value = span * count;
                return true;
            }
        }

        return false;
    }

    public static bool TryBytes(string text, out long value)
    {
        foreach (var (unit, size) in Sizes)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                var good = TryWhole(text.AsSpan(0, text.Length - unit.Length), 1 << 20, out value);
                value *= size;
                return good;
            }
        }

        return TryWhole(text, long.MaxValue, out value);
    }

    public static bool TryZone(string text, out TimeZoneInfo value)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone))
        {
            value = zone;
            return true;
        }

        value = TimeZoneInfo.Utc;
        return false;
    }

    public static bool TryDecimal(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);

    public static bool TryDate(string text, out DateOnly value) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    public static bool TryUrl(string text, out Uri value)
    {
        var good = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        value = good ? url! : new Uri("http://localhost/");
        return good;
    }

    public static bool TryMllpUrl(string text, out Uri value)
    {
        var good = Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "mllp" or "mllps", Port: > 0, PathAndQuery: "" or "/", UserInfo: "" };
        value = good ? url! : new Uri("mllp://localhost:1/");
        return good;
    }

    public static bool TryLocation(string text, out FieldLocation value) => FieldLocation.TryParse(text, out value);

    private static bool TryWhole(ReadOnlySpan<char> text, long max, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max;
}
