using System.Globalization;

namespace Isthmus.Outbound.Connectors.Mllp;

/// <summary>
/// MSH-10 of what we send: the delivery's key, the same at every attempt, in the 20 characters that versions before 2.7 give it. The
/// delivery's number stands in front, so that a person finds one by the other.
/// </summary>
internal static class OutgoingControlId
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int MicrosecondsPerMillisecond = 1000;

    /// <param name="key">A delivery's key: its number, a hyphen, and microseconds in hexadecimal.</param>
    public static string Of(string key)
    {
        var hyphen = key.IndexOf('-', StringComparison.Ordinal);
        return hyphen >= 0 && ulong.TryParse(key.AsSpan(hyphen + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var created)
            ? $"{key.AsSpan(0, hyphen)}-{InBase36(created / MicrosecondsPerMillisecond)}"
            : key;
    }

    /// <summary>For an acknowledgement that nobody will ask about.</summary>
    public static string OfMoment(DateTimeOffset moment) => InBase36((ulong)moment.UtcTicks);

    private static string InBase36(ulong number)
    {
        Span<char> text = stackalloc char[13];
        var at = text.Length;
        do
        {
            text[--at] = Digits[(int)(number % 36)];
            number /= 36;
        }
        while (number > 0);
        return text[at..].ToString();
    }
}
