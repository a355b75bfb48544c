using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Mapping.Reverse;

/// <summary>FHIR's dates to DTM (HL7 v2.5.1 §2.A.22), as precise as they are: digits without separators, the offset kept.</summary>
internal static class ReverseDates
{
    /// <summary>The longest that DTM allows: <c>YYYYMMDDHHMMSS.SSSS+ZZZZ</c>.</summary>
    private const int LongestText = 24;

    private const int LongestFraction = 4;

    public static void Write(ReverseRun run, in Place at, in FhirPathValue item)
    {
        var text = item.IsElement ? item.Element.Text : Encoding.ASCII.GetBytes(item.AsString() ?? string.Empty);
        Span<byte> digits = stackalloc byte[LongestText];
        var length = Convert(text, digits, out var cut);
        if (length == 0)
        {
            run.Find(ReverseRules.Date, item.Element);
            return;
        }

        if (cut)
        {
            run.Find(ReverseRules.Fraction, item.Element);
        }

        run.Write(at, digits[..length], item.Element);
    }

    /// <summary>From a start to an end as an amount and its unit: whole minutes, else seconds; whole days where both are dates.</summary>
    public static void Duration(ReverseRun run, in Given given)
    {
        var end = run.First(given.Rule.From[1], given.Focus).Element;
        if (given.Target() is not { } amount || given.Target(1) is not { } unit
            || !Moment(given.Item.Element, out var from, out var isDate) || !Moment(end, out var to, out var isEndDate) || isDate != isEndDate || to < from)
        {
            return;
        }

        var span = to - from;
        var (length, name) = isDate ? (span.TotalDays, "d") : span.Ticks % TimeSpan.TicksPerMinute == 0 ? (span.TotalMinutes, "min") : (span.TotalSeconds, "s");
        run.Write(amount, Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)), end);
        run.Write(unit, Encoding.ASCII.GetBytes(name), default);
    }

    /// <summary>A time with its offset, or a whole date; months and years have no length.</summary>
    private static bool Moment(FhirElement element, out DateTimeOffset moment, out bool isDate)
    {
        var text = element.AsString() ?? string.Empty;
        isDate = text.Length == "2026-03-02".Length;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment) && (isDate || text.Contains('T', StringComparison.Ordinal));
    }

    /// <summary>Returns 0 for what is no date; <paramref name="cut"/> tells that digits of the second were left out.</summary>
    private static int Convert(ReadOnlySpan<byte> text, Span<byte> digits, out bool cut)
    {
        cut = false;
        var length = 0;
        var hour = text.IndexOf((byte)'T');
        var date = hour < 0 ? text : text[..hour];
        if (date.Length is not (4 or 7 or 10))
        {
            return 0;
        }

        foreach (var b in date)
        {
            length = b == '-' ? length : Put(digits, length, b);
        }

        if (hour < 0)
        {
            return length;
        }

        var time = text[(hour + 1)..];
        var zone = time.IndexOfAny((byte)'Z', (byte)'+', (byte)'-');
        var clock = zone < 0 ? time : time[..zone];
        var point = clock.IndexOf((byte)'.');
        foreach (var b in point < 0 ? clock : clock[..point])
        {
            length = b == ':' ? length : Put(digits, length, b);
        }

        if (point >= 0)
        {
            var fraction = clock[(point + 1)..];
            cut = fraction.Length > LongestFraction && fraction[LongestFraction..].ContainsAnyExcept((byte)'0');
            length = Put(digits, length, (byte)'.');
            foreach (var b in fraction[..Math.Min(fraction.Length, LongestFraction)])
            {
                length = Put(digits, length, b);
            }
        }

        foreach (var b in zone < 0 ? [] : time[zone] == 'Z' ? "+0000"u8 : time[zone..])
        {
            length = b == ':' ? length : Put(digits, length, b);
        }

        return length;
    }

    private static int Put(Span<byte> digits, int at, byte b)
    {
        if (at < digits.Length)
        {
            digits[at++] = b;
        }

        return at;
    }
}
