using System.Text;
using System.Text.Json;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

/// <summary>Random documents and random damage, judged beside the platform's reader.</summary>
public sealed class JsonFuzzTests
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = FhirJsonLimits.Default.MaxDepth };

    private static readonly byte[] Telling = [.. "{}[]\",:\\u0123eE+-.tfn \n\u0001"u8];

    [Fact]
    public void Random_documents_are_read_and_written_as_the_platform_understands_them() => Documents(seed: 1, rounds: 1_500);

    [LongFact]
    public void Many_random_documents_are_read_and_written_as_the_platform_understands_them() => Documents(seed: 2, rounds: 30_000);

    [Fact]
    public void Damaged_documents_are_judged_as_the_platform_judges_them() => Damage(seed: 3, rounds: 20_000);

    [LongFact]
    public void Many_damaged_documents_are_judged_as_the_platform_judges_them() => Damage(seed: 4, rounds: 150_000);

    private static void Documents(int seed, int rounds)
    {
        var documents = new RandomJson(seed);
        var again = new FhirTape();
        for (var round = 0; round < rounds; round++)
        {
            var json = documents.Next();
            using var expected = JsonDocument.Parse(json, Depth);
            var read = FhirJsonReader.ReadJson(json);

            Assert.True(read.Fault is null, $"seed {seed}, round {round}: {read.Fault}");
            AssertSame(expected.RootElement, read.Root, json);
            AssertSame(expected.RootElement, FhirJsonReader.ReadJson(json, into: again).Root, json);

            var written = FhirJsonWriter.ToBytes(read.Root);
            AssertSame(expected.RootElement, FhirJsonReader.ReadJson(written).Root, null);
            Assert.Equal(written, FhirJsonWriter.ToBytes(FhirJsonReader.ReadJson(written).Root));
        }
    }

    private static void Damage(int seed, int rounds)
    {
        var documents = new RandomJson(seed);
        var random = new Random(seed);
        var accepted = 0;
        var again = new FhirTape();
        for (var round = 0; round < rounds; round++)
        {
            var json = documents.Next();
            for (var change = random.Next(1, 3); change > 0 && json.Length > 0; change--)
            {
                json = random.Next(4) switch
                {
                    0 => json[..random.Next(json.Length)],
                    1 => [.. json, .. json.AsSpan(random.Next(json.Length))],
                    2 => Replaced(json, random.Next(json.Length), (byte)random.Next(256)),
                    _ => Replaced(json, random.Next(json.Length), Telling[random.Next(Telling.Length)]),
                };
            }

            var platform = PlatformAccepts(json);
            var fault = FhirJsonReader.ReadJson(json, into: again).Fault;
            Assert.True(platform == fault is null, $"seed {seed}, round {round}: the platform {(platform ? "accepts" : "refuses")} {Convert.ToHexString(json)}");
            Assert.InRange(fault?.Position.Offset ?? 0, 0, json.Length);
            accepted += platform ? 1 : 0;
        }

        Assert.InRange(accepted, rounds / 50, rounds); // else the damage teaches nothing
    }

    private static byte[] Replaced(byte[] json, int at, byte value)
    {
        json[at] = value;
        return json;
    }

    private static void AssertSame(JsonElement expected, FhirElement actual, byte[]? source)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(FhirKind.Object, actual.Kind);
                var property = actual.FirstChild;
                foreach (var member in expected.EnumerateObject())
                {
                    Assert.Equal(member.Name, NameOf(property));
                    AssertSame(member.Value, property, source);
                    property = property.Next;
                }

                Assert.False(property.Exists);
                break;
            case JsonValueKind.Array:
                Assert.Equal(FhirKind.Array, actual.Kind);
                Assert.Equal(expected.GetArrayLength(), actual.Count);
                var item = actual.FirstChild;
                foreach (var element in expected.EnumerateArray())
                {
                    AssertSame(element, item, source);
                    item = item.Next;
                }

                break;
            case JsonValueKind.String:
                Assert.Equal(FhirKind.String, actual.Kind);
                Assert.Equal(expected.GetString(), actual.AsString());
                break;
            case JsonValueKind.Number:
                Assert.Equal(FhirKind.Number, actual.Kind);
                Assert.Equal(expected.GetRawText(), actual.AsString());
                break;
            default:
                Assert.Equal(expected.GetRawText(), Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(actual)));
                break;
        }

        // Every value is where its position says.
        if (source is not null)
        {
            var written = expected.GetRawText();
            Assert.Equal(written[..1], ((char)source[actual.Position.Offset]).ToString());
        }
    }

    private static string NameOf(FhirElement property)
    {
        var name = Encoding.UTF8.GetString(property.Name);
        return property.IsSibling ? "_" + name : name.Contains('\\', StringComparison.Ordinal) ? JsonSerializer.Deserialize<string>($"\"{name}\"")! : name;
    }

    private static bool PlatformAccepts(byte[] json)
    {
        // The platform takes no mark of byte order; RFC 8259 lets a reader pass over it.
        if (json.AsSpan().StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        try
        {
            using var document = JsonDocument.Parse(json, Depth);
            return Decodes(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The platform notices half a surrogate pair only when a string is taken.</summary>
    private static bool Decodes(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() is not null,
        JsonValueKind.Array => element.EnumerateArray().All(Decodes),
        JsonValueKind.Object => element.EnumerateObject().All(property => property.Name is not null && Decodes(property.Value)),
        _ => true,
    };
}
