using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Isthmus.Fhir.Json;

namespace Isthmus.Mapping.Tests;

public sealed class GoldenExampleTests
{
    /// <summary>Stands in the examples for the hash of the maps, which changes with every edit.</summary>
    private const string AnyVersion = "{map-version}";

    /// <summary>Stands for the versions of all tables, which change with every table that is added.</summary>
    private const string AnyTables = "{terminology-version}";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Examples() =>
        new(Directory.EnumerateFiles(Path.Combine(Demo.Library, "examples"), "*.hl7").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_example_beside_the_maps_is_what_they_make(string name)
    {
        var path = Path.Combine(Demo.Library, "examples", name);
        using var translation = Demo.Translator.Translate(Demo.Parse(File.ReadAllBytes(path + ".hl7")), Demo.Context);
        var expected = FhirJsonReader.Read(Encoding.UTF8.GetBytes(File.ReadAllText(path + ".json").Replace(AnyVersion, Demo.Maps.Version, StringComparison.Ordinal).Replace(AnyTables, Demo.Maps.TerminologyVersion, StringComparison.Ordinal)));

        Assert.Null(expected.Fault);
        if (Lines(FhirJsonWriter.ToBytes(expected.Root)) != Lines(Demo.Bundle(translation)))
        {
            Keep(name, Demo.Bundle(translation));
        }

        Assert.Equal(Lines(FhirJsonWriter.ToBytes(expected.Root)), Lines(Demo.Bundle(translation)));
    }

    /// <summary>Leaves what was made in the folder of the test's output, so that an intended change is reviewed and copied.</summary>
    private static void Keep(string name, byte[] bundle)
    {
        using var document = JsonDocument.Parse(bundle);
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "made"));
        var text = JsonSerializer.Serialize(document, Indented).Replace(Demo.Maps.Version, AnyVersion, StringComparison.Ordinal).Replace(Demo.Maps.TerminologyVersion, AnyTables, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder.FullName, name + ".json"), text + '\n');
    }

    /// <summary>A property per line, so that a difference shows itself.</summary>
    private static string Lines(byte[] json) => Encoding.UTF8.GetString(json).Replace(",\"", ",\n\"", StringComparison.Ordinal);
}
