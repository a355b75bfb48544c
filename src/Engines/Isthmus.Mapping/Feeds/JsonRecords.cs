using System.Text.Json;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Feeds;

/// <summary>JSON objects as records: one object, an array of them, or one behind another. Arrays of objects become
/// segments, arrays of values repetitions. What the map does not list, or expects in another shape, is found and left out.</summary>
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
                writer.Begin();
                writer.Find(FeedRules.Json, "record");
                yield return writer.Unread(++number);
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
        writer.Begin();
        if (item.ValueKind != JsonValueKind.Object)
        {
            writer.Find(FeedRules.NotAnObject, "record");
            return writer.Unread(number);
        }

        try
        {
            if (Twice(item, string.Empty) is { } name)
            {
                writer.Find(FeedRules.NameTwice, name);
                return writer.Unread(number);
            }

            Write(writer, feed, item, string.Empty);
            return writer.Done(number);
        }
        catch (InvalidOperationException)
        {
            // JsonElement gives no text for half a surrogate pair.
            writer.Find(FeedRules.NotText, "record");
            return writer.Unread(number);
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
        var part = writer.Part(array);
        var arrays = new List<(string Path, JsonElement Items)>();
        Values(writer, feed, element, array.Length == 0 ? string.Empty : array + "[].", part, arrays);
        foreach (var (path, items) in arrays)
        {
            Elements(writer, feed, items, path, part);
        }
    }

    /// <summary>The elements of an array; an object that stands alone is an array of one, as writers of XML make it.</summary>
    private static void Elements(RecordWriter writer, FeedMap feed, JsonElement items, string path, RecordPart around)
    {
        foreach (var item in items.ValueKind == JsonValueKind.Array ? items.EnumerateArray().AsEnumerable() : [items])
        {
            if (item.ValueKind == JsonValueKind.Object)
            {
                Write(writer, feed, item, path);
            }
            else if (item.ValueKind != JsonValueKind.Null)
            {
                writer.Find(FeedRules.Shape, around, path);
            }
        }
    }

    private static void Values(RecordWriter writer, FeedMap feed, JsonElement element, string prefix, RecordPart part, List<(string, JsonElement)> arrays)
    {
        foreach (var property in element.EnumerateObject())
        {
            var path = prefix + property.Name;
            var kind = property.Value.ValueKind;
            if (kind == JsonValueKind.Null)
            {
                continue;
            }

            if (kind is JsonValueKind.Object or JsonValueKind.Array && feed.Columns.IsArray(path))
            {
                arrays.Add((path, property.Value));
            }
            else if (kind == JsonValueKind.Object && feed.Columns.IsObject(path))
            {
                Values(writer, feed, property.Value, path + ".", part, arrays);
            }
            else if (kind != JsonValueKind.Object && feed.Columns.Find(path) is { } column)
            {
                Several(writer, column, kind == JsonValueKind.Array ? property.Value.EnumerateArray() : [property.Value], part);
            }
            else
            {
                Lost(writer, feed, path, property.Value, part);
            }
        }
    }

    /// <summary>The values of a column: one, or an array of them.</summary>
    private static void Several(RecordWriter writer, FeedColumn column, IEnumerable<JsonElement> values, RecordPart part)
    {
        var most = column.Repeats ? Hl7WritableSegment.LargestNumber : 1;
        var repetition = 0;
        foreach (var value in values)
        {
            if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                writer.Find(FeedRules.Shape, part, column.Name);
            }
            else if (Text(value) is { Length: > 0 } text)
            {
                if (++repetition <= most)
                {
                    writer.Set(part, column, text, repetition);
                }
                else if (repetition == most + 1)
                {
                    writer.Find(column.Repeats ? FeedRules.ValuesBeyond : FeedRules.ValuesLeft, part, column.Name);
                }
            }
        }
    }

    /// <summary>What the map has no place for, because it does not list it or expects another shape.</summary>
    private static void Lost(RecordWriter writer, FeedMap feed, string path, JsonElement value, RecordPart part)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) && Text(value).Length == 0)
        {
            return;
        }

        if (feed.Columns.Find(path) is not null || feed.Columns.IsArray(path) || feed.Columns.IsObject(path))
        {
            writer.Find(FeedRules.Shape, part, path);
        }
        else
        {
            writer.Unknown(path);
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Trim(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "Y",
        JsonValueKind.False => "N",
        _ => string.Empty,
    };
}
