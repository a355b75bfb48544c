using System.Globalization;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// A date, date-time or time of day as far as it is known: a value with a precision, and an offset from UTC where one is given.
/// The precision is the count of digits, as the standard's <c>precision()</c> answers it for a date-time (4 a year … 17 milliseconds).
/// </summary>
internal readonly struct PathTime
{
    public const byte Year = 4;
    public const byte Month = 6;
    public const byte Day = 8;
    public const byte Hour = 10;
    public const byte Minute = 12;
    public const byte Second = 14;
    public const byte Millisecond = 17;

    /// <summary>The clock's value is local to an offset that is not told.</summary>
    public const short NoOffset = short.MinValue;

    /// <summary>The offsets in use on Earth: -12:00 to +14:00. An untold offset is one of them.</summary>
    public const int EarliestOffset = 14 * 60;
    public const int LatestOffset = -12 * 60;

    public PathTime(long ticks, byte precision, short offset = NoOffset, byte digits = 0)
    {
        Ticks = ticks;
        Precision = precision;
        Offset = offset;
        Digits = digits;
    }

    /// <summary>Local time since 0001-01-01 (or since midnight), in units of 100 ns; parts that are not known count as their least.</summary>
    public long Ticks { get; }

    /// <summary>Minutes east of UTC, or <see cref="NoOffset"/>.</summary>
    public short Offset { get; }

    public byte Precision { get; }

    /// <summary>How many digits of a fraction of the second were given.</summary>
    public byte Digits { get; }

    public bool HasOffset => Offset != NoOffset;

    public static PathTime Of(DateTimeOffset instant, byte precision = Millisecond) =>
        new(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerMillisecond), precision, (short)instant.Offset.TotalMinutes, digits: 3);

    /// <summary>
    /// Less than 0, 0 or more than 0; null where the two agree as far as both are known and one is known further,
    /// or where an untold offset could turn the answer (FHIRPath 2.0.0 section 6.1.1, 6.2).
    /// </summary>
    public static int? Compare(PathTime left, PathTime right)
    {
        // A calendar day has no offset: it is compared with the other's own calendar.
        if (Math.Min(left.Precision, right.Precision) <= Day || left.Offset == right.Offset)
        {
            return CompareClocks(left, right);
        }

        if (left.HasOffset != right.HasOffset)
        {
            var known = left.HasOffset ? left : right;
            var local = left.HasOffset ? right : left;
            var sign = left.HasOffset ? 1 : -1;
            var first = CompareClocks(known.ToUtc(), new PathTime(local.Ticks, local.Precision, EarliestOffset, local.Digits).ToUtc());
            var last = CompareClocks(known.ToUtc(), new PathTime(local.Ticks, local.Precision, LatestOffset, local.Digits).ToUtc());
            return first is { } a && last is { } b && Math.Sign(a) == Math.Sign(b) ? sign * a : null;
        }

        return CompareClocks(left.ToUtc(), right.ToUtc());
    }

    private static int? CompareClocks(PathTime left, PathTime right)
    {
        var common = Math.Min(left.Precision, right.Precision);
        var order = left.Truncated(common).CompareTo(right.Truncated(common));
        return order != 0 || left.Precision == right.Precision || common >= Second ? order : null;
    }

    /// <summary>The same instant told in UTC. What is known to the day or less is left as it is.</summary>
    public PathTime ToUtc() => HasOffset && Precision > Day
        ? new PathTime(Clamp(Ticks - (Offset * TimeSpan.TicksPerMinute)), Precision, 0, Digits)
        : this;

    /// <summary>The value with what lies beyond a precision taken off. Seconds and their fraction are one precision.</summary>
    private long Truncated(byte precision) => precision switch
    {
        Year => new DateTime(new DateTime(Ticks).Year, 1, 1).Ticks,
        Month => new DateTime(new DateTime(Ticks).Year, new DateTime(Ticks).Month, 1).Ticks,
        Day => Ticks - (Ticks % TimeSpan.TicksPerDay),
        Hour => Ticks - (Ticks % TimeSpan.TicksPerHour),
        Minute => Ticks - (Ticks % TimeSpan.TicksPerMinute),
        _ => Ticks,
    };

    internal static long Clamp(long ticks) => Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks);

    /// <summary>The lexical form, without FHIRPath's <c>@</c>; <paramref name="kind"/> decides about the <c>T</c>.</summary>
    public string ToText(PathKind kind)
    {
        Span<char> text = stackalloc char[48];
        var length = Write(text, kind);
        return text[..length].ToString();
    }

    private int Write(Span<char> text, PathKind kind)
    {
        var value = new DateTime(Ticks);
        var at = 0;
        if (kind != PathKind.Time)
        {
            Put(text, ref at, value.Year, 4);
            if (Precision >= Month)
            {
                text[at++] = '-';
                Put(text, ref at, value.Month, 2);
            }

            if (Precision >= Day)
            {
                text[at++] = '-';
                Put(text, ref at, value.Day, 2);
            }

            if (kind == PathKind.Date || Precision < Hour)
            {
                return at;
            }

            text[at++] = 'T';
        }

        Put(text, ref at, value.Hour, 2);
        if (Precision >= Minute)
        {
            text[at++] = ':';
            Put(text, ref at, value.Minute, 2);
        }

        if (Precision >= Second)
        {
            text[at++] = ':';
            Put(text, ref at, value.Second, 2);
        }

        if (Digits > 0)
        {
            text[at++] = '.';
            var fraction = (Ticks % TimeSpan.TicksPerSecond).ToString("D7", CultureInfo.InvariantCulture);
            fraction.AsSpan(0, Digits).CopyTo(text[at..]);
            at += Digits;
        }

        if (HasOffset)
        {
            at += WriteOffset(text[at..]);
        }

        return at;
    }

    private int WriteOffset(Span<char> text)
    {
        if (Offset == 0)
        {
            text[0] = 'Z';
            return 1;
        }

        text[0] = Offset < 0 ? '-' : '+';
        var at = 1;
        Put(text, ref at, Math.Abs(Offset) / 60, 2);
        text[at++] = ':';
        Put(text, ref at, Math.Abs(Offset) % 60, 2);
        return at;
    }

    private static void Put(Span<char> text, ref int at, int number, int digits)
    {
        for (var i = digits - 1; i >= 0; i--)
        {
            text[at + i] = (char)('0' + (number % 10));
            number /= 10;
        }

        at += digits;
    }
}
