namespace Isthmus.Fhir.Paths;

/// <summary>Reads dates, date-times and times, of FHIR and of FHIRPath literals, to whatever precision they are given.</summary>
internal static class PathTimeParser
{
    /// <summary>A date <c>YYYY[-MM[-DD]]</c>.</summary>
    public static bool TryDate(ReadOnlySpan<char> text, out PathTime value) =>
        TryDay(text, out value, out var used) && used == text.Length;

    /// <summary>A date-time: a date alone, or followed by <c>T</c> and what is known of the time, with or without an offset.</summary>
    public static bool TryDateTime(ReadOnlySpan<char> text, out PathTime value)
    {
        if (!TryDay(text, out value, out var used))
        {
            return false;
        }

        if (used == text.Length || (text[used] == 'T' && used + 1 == text.Length))
        {
            return true;
        }

        if (text[used] != 'T' || value.Precision != PathTime.Day || !TryClock(text[(used + 1)..], out var clock, out var clockUsed))
        {
            return false;
        }

        return TryOffset(text[(used + 1 + clockUsed)..], out var offset)
            && Set(out value, new PathTime(PathTime.Clamp(value.Ticks + clock.Ticks), clock.Precision, offset, clock.Digits));
    }

    /// <summary>A time <c>hh[:mm[:ss[.fff]]]</c>; times of day have no offset.</summary>
    public static bool TryTime(ReadOnlySpan<char> text, out PathTime value) =>
        TryClock(text, out value, out var used) && used == text.Length;

    private static bool TryDay(ReadOnlySpan<char> text, out PathTime value, out int used)
    {
        value = default;
        used = 4;
        if (!Number(text, 0, 4, out var year) || year == 0)
        {
            return false;
        }

        int month = 1, day = 1;
        var precision = PathTime.Year;
        if (Number(text, 5, 2, out var givenMonth) && text[4] == '-')
        {
            (month, precision, used) = (givenMonth, PathTime.Month, 7);
            if (Number(text, 8, 2, out var givenDay) && text[7] == '-')
            {
                (day, precision, used) = (givenDay, PathTime.Day, 10);
            }
        }

        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && Set(out value, new PathTime(new DateTime(year, month, day).Ticks, precision));
    }

    private static bool TryClock(ReadOnlySpan<char> text, out PathTime value, out int used)
    {
        value = default;
        used = 2;
        if (!Number(text, 0, 2, out var hour) || hour > 23)
        {
            return false;
        }

        var ticks = hour * TimeSpan.TicksPerHour;
        var precision = PathTime.Hour;
        byte digits = 0;
        if (text.Length > 5 - 1 && text[2] == ':' && Number(text, 3, 2, out var minute))
        {
            ticks += minute * TimeSpan.TicksPerMinute;
            (precision, used) = (PathTime.Minute, 5);
            if (minute > 59)
            {
                return false;
            }

            if (text.Length > 7 && text[5] == ':' && Number(text, 6, 2, out var second))
            {
                // 60 is a leap second, which FHIR's lexical form admits; it is the first second of the next minute here.
                ticks += second * TimeSpan.TicksPerSecond;
                (precision, used) = (PathTime.Second, 8);
                if (second > 60)
                {
                    return false;
                }

                if (text.Length > 9 && text[8] == '.' && char.IsAsciiDigit(text[9]))
                {
                    (precision, digits) = (PathTime.Millisecond, Fraction(text[9..], ref ticks, out var length));
                    used = 9 + length;
                }
            }
        }

        return Set(out value, new PathTime(ticks, precision, digits: digits));
    }

    /// <summary>Adds a fraction of a second; what is finer than 100 ns is cut off.</summary>
    private static byte Fraction(ReadOnlySpan<char> digits, ref long ticks, out int length)
    {
        var unit = TimeSpan.TicksPerSecond / 10;
        for (length = 0; length < digits.Length && char.IsAsciiDigit(digits[length]); length++)
        {
            ticks += (digits[length] - '0') * unit;
            unit /= 10;
        }

        return (byte)Math.Min(length, 7);
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out short offset)
    {
        offset = PathTime.NoOffset;
        if (text.Length == 0)
        {
            return true;
        }

        if (text is "Z")
        {
            offset = 0;
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':' || !Number(text, 1, 2, out var hours) || !Number(text, 4, 2, out var minutes)
            || hours > 14 || minutes > 59)
        {
            return false;
        }

        offset = (short)((text[0] == '-' ? -1 : 1) * ((hours * 60) + minutes));
        return true;
    }

    private static bool Number(ReadOnlySpan<char> text, int at, int digits, out int number)
    {
        number = 0;
        if (text.Length < at + digits)
        {
            return false;
        }

        foreach (var digit in text.Slice(at, digits))
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + digit - '0';
        }

        return true;
    }

    private static bool Set(out PathTime value, PathTime read)
    {
        value = read;
        return true;
    }
}
