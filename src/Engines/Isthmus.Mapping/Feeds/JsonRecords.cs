using System.Text.Json;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Feeds;

/// <summary>JSON objects as records: one object, an array of them, or one behind another. Arrays of objects become segments, arrays of values repetitions.</summary>
internal static class JsonRecords
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static IEnumerable<FeedRecord> Read(FeedMap feed, ReadOnlyMemory<byte> content)
    {
        var writer = new RecordWriter(feed);
        var number = 0;
        var at = 0;
        while (Next(content, ref at, out var document) is { } isSound)
        {
            if (!isSound)
            {
                writer.Begin(++number);
                writer.Find(FeedRules.Json, "record");
                yield return writer.Done(number) with { Message = null };
                yield break;
            }

            using (document)
            {
                foreach (var item in document!.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray().ToArray() : [document.RootElement])
                {
                    yield return Record(writer, feed, item, ++number);
                }
            }
        }
    }

    /// <summary>The next value; null at the end, false where there is no JSON.</summary>
    private static bool? Next(ReadOnlyMemory<byte> content, ref int at, out JsonDocument? document)
    {
        document = null;
        at += at == 0 && content.Span.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        at += content.Length - at - content.Span[at..].TrimStart(" \t\r\n"u8).Length;
        if (at == content.Length)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(content.Span[at..], isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
            document = JsonDocument.ParseValue(ref reader);
            at += (int)reader.BytesConsumed;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static FeedRecord Record(RecordWriter writer, FeedMap feed, JsonElement item, int number)
    {
        writer.Begin(number);
        if (item.ValueKind != JsonValueKind.Object)
        {
            writer.Find(FeedRules.NotAnObject, "record");
            return writer.Done(number) with { Message = null };
        }

        try
        {
            if (Twice(item, string.Empty) is { } name)
            {
                writer.Find(FeedRules.NameTwice, name);
                return writer.Done(number) with { Message = null };
            }

            Write(writer, feed, item, string.Empty);
            return writer.Done(number);
        }
        catch (InvalidOperationException)
        {
            // JsonElement gives no text for half a surrogate pair.
            writer.Find(FeedRules.NotText, "record");
            return writer.Done(number) with { Message = null };
        }
    }

    /// <summary>The path of a name that an object has twice (RFC 8259 §4 leaves open what that means); null where there is none.</summary>
    private static string? Twice(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().Select(item => Twice(item, path + "[]")).FirstOrDefault(name => name is not null);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            var at = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!names.Add(property.Name))
            {
                return at;
            }

            if (Twice(property.Value, at) is { } within)
            {
                return within;
            }
        }

        return null;
    }

    /// <summary>An element of an array, or the record: its own values first, then the arrays within it.</summary>
    private static void Write(RecordWriter writer, FeedMap feed, JsonElement element, string array)
    {
        var segment = writer.Segment(array);
        var arrays = new List<(string Path, JsonElement Items)>();
        Values(writer, feed, element, array.Length == 0 ? string.Empty : array + "[].", segment, arrays);
        foreach (var (path, items) in arrays)
        {
            foreach (var item in items.EnumerateArray())
            {
                Write(writer, feed, item, path);
            }
        }
    }

    private static void Values(RecordWriter writer, FeedMap feed, JsonElement element, string prefix, Hl7WritableSegment segment, List<(string, JsonElement)> arrays)
    {
        foreach (var property in element.EnumerateObject())
        {
            var path = prefix + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Values(writer, feed, property.Value, path + ".", segment, arrays);
                    break;
                case JsonValueKind.Array when feed.Columns.Arrays.Contains(path, StringComparer.Ordinal) && property.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object):
                    arrays.Add((path, property.Value));
                    break;
                case JsonValueKind.Array:
                    var repetition = 0;
                    foreach (var item in property.Value.EnumerateArray())
                    {
                        Value(writer, feed, path, item, segment, ++repetition);
                    }

                    break;
                default:
                    Value(writer, feed, path, property.Value, segment, 1);
                    break;
            }
        }
    }

    private static void Value(RecordWriter writer, FeedMap feed, string path, JsonElement value, Hl7WritableSegment segment, int repetition)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "Y",
            JsonValueKind.False => "N",
            _ => string.Empty,
        };
        if (feed.Columns.Find(path) is { } column)
        {
            writer.Set(segment, column, text.Trim(), repetition);
        }
        else if (text.Length > 0 || value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            writer.Unknown(path);
        }
    }
}
