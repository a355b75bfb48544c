using System.Globalization;

namespace Isthmus.Hl7v2;

/// <summary>How much of a date-time its sender gave.</summary>
public enum Hl7Precision
{
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
}

/// <summary>
/// DT, DTM and TS.1 (HL7 v2.5.1 §2.A.21, §2.A.22): <c>YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]</c>.
/// Precision and zone are kept as sent; nothing is assumed until it is written as FHIR.
/// </summary>
public readonly struct Hl7DateTime
{
    private Hl7DateTime(DateTime local, Hl7Precision precision, int fractionDigits, TimeSpan? offset)
    {
        Local = local;
        Precision = precision;
        FractionDigits = fractionDigits;
        Offset = offset;
    }

    /// <summary>Wall-clock time at the sender, with what is missing as the earliest.</summary>
    public DateTime Local { get; }

    public Hl7Precision Precision { get; }

    /// <summary>One to four, where the precision is a fraction.</summary>
    public int FractionDigits { get; }

    /// <summary>The zone sent, if one was.</summary>
    public TimeSpan? Offset { get; }

    /// <param name="text">Unescaped; spaces around it are ignored.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out Hl7DateTime value) => TryParse(text, out value, out _);

    /// <param name="fault">The rule broken (<see cref="Hl7ValueRules"/>), or null.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out Hl7DateTime value, out string? fault)
    {
        value = default;
        text = text.Trim((byte)' ');
        fault = Hl7ValueRules.DateTimeForm;
        if (!TryTakeOffset(ref text, out var offset) || !TryTakeFraction(ref text, out var ticks, out var fractionDigits))
        {
            return false;
        }

        if (text.Length is not (4 or 6 or 8 or 10 or 12 or 14) || (fractionDigits > 0 && text.Length != 14)
            || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        var year = (Pair(text, 0, 0) * 100) + Pair(text, 2, 0);
        int month = Pair(text, 4, 1), day = Pair(text, 6, 1), hour = Pair(text, 8, 0), minute = Pair(text, 10, 0), second = Pair(text, 12, 0);
        fault = Hl7ValueRules.DateTimeRange;
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var precision = fractionDigits > 0 ? Hl7Precision.Fraction : (Hl7Precision)((text.Length - 4) / 2);
        value = new(new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).AddTicks(ticks), precision, fractionDigits, offset);
        fault = null;
        return true;
    }

    /// <summary>
    /// The FHIR dateTime: as precise as sent up to the day; from the hour on with seconds and an offset, which
    /// FHIR demands, taken from <paramref name="defaultZone"/> where none was sent.
    /// </summary>
    public Hl7FhirTime ToFhirDateTime(TimeZoneInfo defaultZone)
    {
        ArgumentNullException.ThrowIfNull(defaultZone);
        return Precision switch
        {
            Hl7Precision.Year => new(Local.ToString("yyyy", CultureInfo.InvariantCulture), null),
            Hl7Precision.Month => new(Local.ToString("yyyy-MM", CultureInfo.InvariantCulture), null),
            Hl7Precision.Day => new(Local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), null),
            _ => ToFhirInstant(defaultZone),
        };
    }

    /// <summary>The FHIR date: at most the day.</summary>
    public string ToFhirDate() => Local.ToString(
        Precision switch { Hl7Precision.Year => "yyyy", Hl7Precision.Month => "yyyy-MM", _ => "yyyy-MM-dd" },
        CultureInfo.InvariantCulture);

    /// <summary>The FHIR instant: always to the second with an offset; what was not sent counts as zero.</summary>
    public Hl7FhirTime ToFhirInstant(TimeZoneInfo defaultZone)
    {
        var instant = ToInstant(defaultZone, out var fault);
        var form = FractionDigits switch
        {
            0 => "yyyy-MM-ddTHH:mm:sszzz",
            1 => "yyyy-MM-ddTHH:mm:ss.fzzz",
            2 => "yyyy-MM-ddTHH:mm:ss.ffzzz",
            3 => "yyyy-MM-ddTHH:mm:ss.fffzzz",
            _ => "yyyy-MM-ddTHH:mm:ss.ffffzzz",
        };
        return new(instant.ToString(form, CultureInfo.InvariantCulture), fault);
    }

    /// <param name="fault">
    /// Set where the zone was assumed and the hour exists twice or not at all there; standard time is taken.
    /// </param>
    public DateTimeOffset ToInstant(TimeZoneInfo defaultZone, out string? fault)
    {
        ArgumentNullException.ThrowIfNull(defaultZone);
        fault = null;
        if (Offset is { } sent)
        {
            return At(sent);
        }

        if (defaultZone.IsAmbiguousTime(Local))
        {
            fault = Hl7ValueRules.DstAmbiguous;
        }
        else if (defaultZone.IsInvalidTime(Local))
        {
            fault = Hl7ValueRules.DstSkipped;
        }

        return At(defaultZone.GetUtcOffset(Local));
    }

    public override string ToString() => $"{nameof(Hl7DateTime)}({Precision})";

    /// <summary>The first and last hours of the calendar have no instant in every zone; they are taken as UTC.</summary>
    private DateTimeOffset At(TimeSpan offset)
    {
        var utcTicks = Local.Ticks - offset.Ticks;
        return utcTicks < DateTime.MinValue.Ticks || utcTicks > DateTime.MaxValue.Ticks
            ? new(Local, TimeSpan.Zero)
            : new(Local, offset);
    }

    private static int Pair(ReadOnlySpan<byte> digits, int at, int otherwise) =>
        at < digits.Length ? ((digits[at] - '0') * 10) + digits[at + 1] - '0' : otherwise;

    /// <summary>+/-ZZZZ, at most fourteen hours as in FHIR.</summary>
    private static bool TryTakeOffset(ref ReadOnlySpan<byte> text, out TimeSpan? offset)
    {
        offset = null;
        var sign = text.IndexOfAny((byte)'+', (byte)'-');
        if (sign < 0)
        {
            return true;
        }

        var digits = text[(sign + 1)..];
        if (digits.Length != 4 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        int hours = Pair(digits, 0, 0), minutes = Pair(digits, 2, 0);
        var minutesInAll = (hours * 60) + minutes;
        if (minutes > 59 || minutesInAll > 14 * 60)
        {
            return false;
        }

        offset = TimeSpan.FromMinutes(text[sign] == '-' ? -minutesInAll : minutesInAll);
        text = text[..sign];
        return true;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<byte> text, out long ticks, out int digits)
    {
        ticks = 0;
        digits = 0;
        var point = text.IndexOf((byte)'.');
        if (point < 0)
        {
            return true;
        }

        var fraction = text[(point + 1)..];
        if (fraction.Length is 0 or > 4 || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        var worth = TimeSpan.TicksPerSecond;
        foreach (var digit in fraction)
        {
            worth /= 10;
            ticks += (digit - '0') * worth;
        }

        digits = fraction.Length;
        text = text[..point];
        return true;
    }
}

/// <summary>A time as FHIR writes it, and the rule its zone broke, if it did.</summary>
public readonly record struct Hl7FhirTime(string Text, string? Fault)
{
    public override string ToString() => nameof(Hl7FhirTime);
}
