using Isthmus.Fhir.Json;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>The examples beside the maps: a bundle, and the message it becomes, a segment per line.</summary>
public sealed class ReverseGoldenTests
{
    private static string Folder => Path.Combine(Demo.Library, "examples", "reverse");

    public static TheoryData<string> Examples() =>
        new(Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_example_beside_the_maps_is_what_they_write(string name)
    {
        var read = FhirJsonReader.Read(File.ReadAllBytes(Path.Combine(Folder, name + ".json")));
        Assert.Null(read.Fault);
        var written = RoundTrip.Writer.Translate(read.Root, RoundTrip.Context);
        var made = RoundTrip.Lines(written.Message);
        var expected = Path.Combine(Folder, name + ".hl7");
        if (!File.Exists(expected) || File.ReadAllText(expected) != made)
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "made")).FullName, name + ".hl7"), made);
        }

        Assert.Empty(written.Findings);
        Assert.Equal(File.ReadAllText(expected), made);
    }
}
