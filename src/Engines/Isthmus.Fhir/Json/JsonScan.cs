using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>Passes over spaces and strings (RFC 8259 sections 2 and 7).</summary>
internal static class JsonScan
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Space(ReadOnlySpan<byte> text, int at)
    {
        // Compact documents have none, and then one comparison is all.
        return (uint)at < (uint)text.Length && text[at] <= ' ' ? Spaces(text, at) : at;
    }

    private static int Spaces(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    /// <summary>The first byte from here that ends or interrupts a string. Most strings end within one vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfRun(ReadOnlySpan<byte> text, int from)
    {
        if (Vector256.IsHardwareAccelerated && text.Length - from >= Vector256<byte>.Count)
        {
            var bytes = Vector256.Create(text.Slice(from, Vector256<byte>.Count));
            var marks = Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1F)), bytes);
            var bits = marks.ExtractMostSignificantBits();
            if (bits != 0)
            {
                return from + BitOperations.TrailingZeroCount(bits);
            }

            from += Vector256<byte>.Count;
        }

        return EndOfLongRun(text, from);
    }

    private static int EndOfLongRun(ReadOnlySpan<byte> text, int from)
    {
        var run = text[from..].IndexOfAny(JsonText.MustEscape);
        return run < 0 ? text.Length : from + run;
    }

    /// <summary>Goes on where a run ended, over escapes, to the closing quote or to what is wrong with the string.</summary>
    public static int StringEnd(ReadOnlySpan<byte> text, int at, out (string Rule, string Message)? fault)
    {
        fault = null;
        while (true)
        {
            if (at >= text.Length)
            {
                fault = JsonRules.Truncated;
                return text.Length;
            }

            if (text[at] == '"')
            {
                return at;
            }

            if (text[at] != '\\')
            {
                fault = JsonRules.Control;
                return at;
            }

            fault = Escape(text, at, out var length);
            if (fault is not null)
            {
                return at;
            }

            at = EndOfRun(text, at + length);
        }
    }

    /// <summary>What is wrong with an escape, if anything; its length, of both halves of a surrogate pair.</summary>
    private static (string Rule, string Message)? Escape(ReadOnlySpan<byte> text, int at, out int length)
    {
        length = 2;
        if (at + 1 >= text.Length)
        {
            return JsonRules.Truncated;
        }

        if (text[at + 1] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(text[at + 1]) ? null : JsonRules.Escape;
        }

        length = 6;
        var unit = JsonText.Hex4(text[(at + 2)..]);
        if (unit < 0)
        {
            return JsonRules.Escape;
        }

        if (char.IsLowSurrogate((char)unit))
        {
            return JsonRules.Surrogate;
        }

        if (char.IsHighSurrogate((char)unit))
        {
            length = 12;
            var rest = text[(at + 6)..];
            return rest.StartsWith("\\u"u8) && JsonText.Hex4(rest[2..]) is var low and >= 0 && char.IsLowSurrogate((char)low) ? null : JsonRules.Surrogate;
        }

        return null;
    }
}
