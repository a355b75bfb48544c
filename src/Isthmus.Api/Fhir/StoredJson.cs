using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Isthmus.Records.Read;

namespace Isthmus.Api.Fhir;

/// <summary>
/// A resource as it is given out: with the version and the time that this store gave it in its <c>meta</c> (R4 resource.html#Meta), and of
/// its elements those that are wanted.
/// </summary>
internal static class StoredJson
{
    public static byte[] Of(StoredResource resource)
    {
        var buffer = new ArrayBufferWriter<byte>(resource.Json.Length + 128);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            Write(json, resource, ElementChoice.All);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Names and characters stand as they were stored; nothing is escaped that JSON does not ask for.</summary>
    public static JsonWriterOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter json, StoredResource resource, ElementChoice choice)
    {
        var text = resource.Json.Reveal().Span;
        var reader = new Utf8JsonReader(text);
        var hasMeta = false;
        reader.Read();
        json.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = text[start..(int)reader.BytesConsumed];
            if (name == "meta")
            {
                hasMeta = true;
                WriteMeta(json, resource, value, choice);
            }
            else if (choice.Has(name))
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value, skipInputValidation: true);
            }

            if (name == "id" && !hasMeta && !ComesWithMeta(text))
            {
                hasMeta = true;
                WriteMeta(json, resource, [], choice);
            }
        }

        if (!hasMeta)
        {
            WriteMeta(json, resource, [], choice);
        }

        json.WriteEndObject();
    }

    private static bool ComesWithMeta(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("meta"u8))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static void WriteMeta(Utf8JsonWriter json, StoredResource resource, ReadOnlySpan<byte> given, ElementChoice choice)
    {
        json.WriteStartObject("meta");
        json.WriteString("versionId", resource.Version.ToString(CultureInfo.InvariantCulture));
        json.WriteString("lastUpdated", resource.Committed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        var hasTags = false;
        var reader = new Utf8JsonReader(given);
        for (var isIn = !given.IsEmpty && reader.Read(); isIn && reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (name is "versionId" or "lastUpdated" or "_versionId" or "_lastUpdated")
            {
                continue;
            }

            var value = given[start..(int)reader.BytesConsumed];
            json.WritePropertyName(name);
            if (name == "tag" && choice.IsSubset && value[0] == (byte)'[')
            {
                hasTags = true;
                json.WriteRawValue([.. value[..^1], .. ","u8, .. ElementChoice.SubsettedTag, .. "]"u8], skipInputValidation: true);
            }
            else
            {
                json.WriteRawValue(value, skipInputValidation: true);
            }
        }

        if (choice.IsSubset && !hasTags)
        {
            json.WritePropertyName("tag");
            json.WriteRawValue([.. "["u8, .. ElementChoice.SubsettedTag, .. "]"u8], skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
