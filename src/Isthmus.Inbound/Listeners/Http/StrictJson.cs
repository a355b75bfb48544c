using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Isthmus.Exchange;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// Whether every reader would read a JSON body in the same way, and none at great cost (RFC 8259; what it leaves to readers, as I-JSON,
/// RFC 7493, settles it). Admission asks it of each JSON body that it reads, before anybody behind it does.
/// </summary>
internal static class StrictJson
{
    /// <summary>What forbids the body, or null.</summary>
    public static Refusal? Check(ReadOnlySpan<byte> body, StrictJsonLimits? limits = null)
    {
        limits ??= StrictJsonLimits.Default;
        if (body.Length > limits.Bytes)
        {
            return JsonBodyRules.TooLarge;
        }

        if (!Utf8.IsValid(body))
        {
            return JsonBodyRules.NotUtf8;
        }

        // One more than is taken, so that what is too deep is told from what is malformed.
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = limits.Depth + 1 });
        try
        {
            return Check(ref reader, limits);
        }
        catch (JsonException)
        {
            // The reader has no other way to say so.
            return JsonBodyRules.Malformed;
        }
    }

    private static Refusal? Check(ref Utf8JsonReader reader, StrictJsonLimits limits)
    {
        // The names seen so far in each object that is open. Hashes of text are seeded per process, so that none collide by choice.
        var open = new Stack<HashSet<string>>();
        var names = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= limits.Depth:
                    return JsonBodyRules.TooDeep;
                case JsonTokenType.StartObject:
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName or JsonTokenType.String:
                    var isName = reader.TokenType == JsonTokenType.PropertyName;
                    if (reader.ValueSpan.Length > (isName ? limits.NameBytes : limits.StringBytes))
                    {
                        return JsonBodyRules.TextTooLong;
                    }

                    if (reader.ValueIsEscaped && CheckEscapes(reader.ValueSpan) is { } escape)
                    {
                        return escape;
                    }

                    if (isName && ++names > limits.Names)
                    {
                        return JsonBodyRules.TooManyNames;
                    }

                    if (isName && !open.Peek().Add(reader.GetString()!))
                    {
                        return JsonBodyRules.NameRepeated;
                    }

                    break;
                case JsonTokenType.Number when reader.ValueSpan.Length > limits.NumberBytes || (limits.NumbersAreDoubles && !IsDouble(ref reader)):
                    return JsonBodyRules.NumberUnbounded;
            }
        }

        return null;
    }

    private static bool IsDouble(ref Utf8JsonReader reader) => reader.TryGetDouble(out var number) && double.IsFinite(number);

    /// <summary>Escapes that stand for no text: NUL, which not every store can keep, and half of a surrogate pair.</summary>
    private static Refusal? CheckEscapes(ReadOnlySpan<byte> text)
    {
        var isHighPending = false;
        for (var i = 0; i < text.Length; i++)
        {
            var unit = -1;
            if (text[i] == '\\')
            {
                i++;
                if (text[i] == 'u')
                {
                    unit = int.Parse(text.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    i += 4;
                }
            }

            var isLow = unit is >= 0xDC00 and <= 0xDFFF;
            if (isLow != isHighPending)
            {
                return JsonBodyRules.SurrogateAlone;
            }

            if (unit == 0)
            {
                return JsonBodyRules.Nul;
            }

            isHighPending = unit is >= 0xD800 and <= 0xDBFF;
        }

        return isHighPending ? JsonBodyRules.SurrogateAlone : null;
    }
}
