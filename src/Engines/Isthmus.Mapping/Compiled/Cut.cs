using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Compiled;

/// <summary>Divides stretches of a message at its delimiters.</summary>
internal static class Cut
{
    /// <summary>The part with that one-based number; empty where there are fewer.</summary>
    public static Slice Part(ReadOnlySpan<byte> message, Slice whole, byte delimiter, int number, Level level)
    {
        var start = whole.Start;
        var rest = message.Slice(whole.Start, whole.Length);
        while (true)
        {
            var end = delimiter == 0 ? -1 : rest.IndexOf(delimiter);
            if (--number == 0)
            {
                return new Slice(start, end < 0 ? rest.Length : end, level);
            }

            if (end < 0)
            {
                return default;
            }

            start += end + 1;
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>What divides a stretch of that level.</summary>
    public static byte DelimiterOf(Level level, Hl7Delimiters delimiters) => level switch
    {
        Level.Repetition => delimiters.Component,
        Level.Component => delimiters.Subcomponent,
        _ => 0,
    };

    public static Level Below(Level level) => level == Level.Repetition ? Level.Component : Level.Subcomponent;
}
