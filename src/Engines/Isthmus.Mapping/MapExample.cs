using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Isthmus.Fhir.Json;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Feeds;

namespace Isthmus.Mapping;

/// <summary>
/// A golden example: a message (NAME.hl7) and the bundle that the maps must make of it (NAME.json). In the bundle the versions of maps
/// and tables, which change with every edit, are written <c>{map-version}</c> and <c>{terminology-version}</c>.
/// </summary>
public sealed class MapExample(MapSet maps)
{
    private const string AnyVersion = "{map-version}";
    private const string AnyTables = "{terminology-version}";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Translator translator = new(maps);

    /// <summary>What every example is translated with, so that its ids and times come out the same everywhere.</summary>
    public static TranslationContext Context { get; } = new(
        TimeZoneInfo.FindSystemTimeZoneById("America/New_York"),
        "lab",
        Encoding.ASCII.GetBytes("a key of the tests' own, 32 bytes"),
        null,
        new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero),
        "message 1");

    /// <summary>The bundle of an example's message as it is kept: indented, with the versions taken out. Null if the message cannot be read.</summary>
    public string? Made(ReadOnlyMemory<byte> message)
    {
        if (Hl7Message.Parse(message).Message is not { } read)
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>();
        Write(read, output);
        return Kept(output.WrittenMemory);
    }

    /// <summary>The bundles of a feed's example as they are kept, one per record in an array. Null if a record cannot be read.</summary>
    public string? Made(FeedMap feed, ReadOnlyMemory<byte> content)
    {
        ArgumentNullException.ThrowIfNull(feed);
        var output = new ArrayBufferWriter<byte>();
        output.Write("["u8);
        foreach (var record in feed.Read(content))
        {
            if (record.Message is not { } message)
            {
                return null;
            }

            output.Write(output.WrittenCount > 1 ? ","u8 : []);
            Write(message, output);
        }

        output.Write("]"u8);
        return Kept(output.WrittenMemory);
    }

    /// <summary>What differs between the bundle that is expected and the one that is made, element by element.</summary>
    public static IReadOnlyList<ElementDifference> Differences(string expected, string made)
    {
        var before = Elements(expected);
        var after = Elements(made);
        return
        [
            .. before.Where(element => after.GetValueOrDefault(element.Key) != element.Value)
                .Select(element => new ElementDifference(element.Key, element.Value, after.GetValueOrDefault(element.Key))),
            .. after.Where(element => !before.ContainsKey(element.Key)).Select(element => new ElementDifference(element.Key, null, element.Value)),
        ];
    }

    private void Write(Hl7Message message, ArrayBufferWriter<byte> output)
    {
        using var translation = translator.Translate(message, Context);
        translation.WriteBundle(output);
    }

    private string Kept(ReadOnlyMemory<byte> made)
    {
        using var document = JsonDocument.Parse(made);
        return JsonSerializer.Serialize(document, Indented)
            .Replace(maps.Version, AnyVersion, StringComparison.Ordinal)
            .Replace(maps.TerminologyVersion, AnyTables, StringComparison.Ordinal) + '\n';
    }

    /// <summary>Every value by its path; a resource of the bundle is named by type and id, so that a new one moves no other.</summary>
    private static SortedDictionary<string, string> Elements(string bundle)
    {
        var elements = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes(bundle)) is { Fault: { } fault })
        {
            elements["$"] = $"{fault.Rule} at line {fault.Position.Line}";
            return elements;
        }

        using var document = JsonDocument.Parse(bundle);
        Collect(document.RootElement, "Bundle", elements);
        return elements;
    }

    private static void Collect(JsonElement element, string path, SortedDictionary<string, string> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.TryGetProperty("resource", out var resource):
                Collect(resource, $"{Text(resource, "resourceType")}/{Text(resource, "id")}", into);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Collect(property.Value, $"{path}.{property.Name}", into);
                }

                break;
            case JsonValueKind.Array:
                var position = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, $"{path}[{position++}]", into);
                }

                break;
            default:
                into[path] = element.GetRawText();
                break;
        }
    }

    private static string? Text(JsonElement resource, string name) => resource.TryGetProperty(name, out var text) ? text.GetString() : null;
}

/// <summary>An element whose value is not what was expected.</summary>
/// <param name="Path">Resource and element, as <c>Patient/1c….name[0].family</c>.</param>
/// <param name="Expected">As JSON; null where nothing was expected.</param>
/// <param name="Made">As JSON; null where nothing was made.</param>
public sealed record ElementDifference(string Path, string? Expected, string? Made)
{
    /// <summary>Names the place only.</summary>
    public override string ToString() => Path;
}
