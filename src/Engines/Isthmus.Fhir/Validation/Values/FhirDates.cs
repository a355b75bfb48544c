namespace Isthmus.Fhir.Validation.Values;

/// <summary>date, dateTime, instant and time (FHIR R4 datatypes.html), with the days each month has.</summary>
internal static class FhirDates
{
    public static bool IsDate(ReadOnlySpan<byte> text) => DateLength(text) == text.Length;

    public static bool IsDateTime(ReadOnlySpan<byte> text) => IsDate(text) || IsInstant(text);

    public static bool IsInstant(ReadOnlySpan<byte> text)
    {
        const int Day = 10;
        if (text.Length <= Day || DateLength(text) != Day || text[Day] != 'T')
        {
            return false;
        }

        var time = TimeLength(text[(Day + 1)..]);
        return time > 0 && IsZone(text[(Day + 1 + time)..]);
    }

    public static bool IsTime(ReadOnlySpan<byte> text) => TimeLength(text) == text.Length;

    /// <summary>How many bytes at the front are a date: 4, 7 or 10; 0 if none is, and 10 where a time may follow.</summary>
    private static int DateLength(ReadOnlySpan<byte> text)
    {
        var year = Number(text, 0, 4);
        if (year < 1)
        {
            return 0;
        }

        if (text.Length == 4)
        {
            return 4;
        }

        var month = text[4] == '-' ? Number(text, 5, 2) : -1;
        if (month is < 1 or > 12)
        {
            return 0;
        }

        if (text.Length == 7)
        {
            return 7;
        }

        var day = text[7] == '-' ? Number(text, 8, 2) : -1;
        return day >= 1 && day <= DateTime.DaysInMonth(year, month) ? 10 : 0;
    }

    /// <summary>How many bytes at the front are hh:mm:ss with an optional fraction; 0 if none are. 60 is a leap second.</summary>
    private static int TimeLength(ReadOnlySpan<byte> text)
    {
        const int Seconds = 8;
        if (text.Length < Seconds || text[2] != ':' || text[5] != ':'
            || Number(text, 0, 2) is < 0 or > 23 || Number(text, 3, 2) is < 0 or > 59 || Number(text, 6, 2) is < 0 or > 60)
        {
            return 0;
        }

        if (text.Length == Seconds || text[Seconds] != '.')
        {
            return Seconds;
        }

        var digits = text[(Seconds + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : text.Length - Seconds - 1;
        return digits == 0 ? 0 : Seconds + 1 + digits;
    }

    private static bool IsZone(ReadOnlySpan<byte> text) =>
        text is [(byte)'Z']
        || (text.Length == 6 && text[0] is (byte)'+' or (byte)'-' && text[3] == ':'
            && (Number(text, 1, 2) is >= 0 and <= 13 && Number(text, 4, 2) is >= 0 and <= 59 || text[1..].SequenceEqual("14:00"u8)));

    private static int Number(ReadOnlySpan<byte> text, int start, int digits)
    {
        if (text.Length < start + digits)
        {
            return -1;
        }

        var value = 0;
        foreach (var b in text.Slice(start, digits))
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            value = (value * 10) + (b - '0');
        }

        return value;
    }
}
