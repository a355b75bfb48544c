using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Units;
using Isthmus.Fhir.Validation;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

/// <summary>The code that the README shows, compiled and run.</summary>
public sealed class ReadmeTests
{
    private const string Profile =
        """{"resourceType":"StructureDefinition","url":"http://example.org/StructureDefinition/named","name":"Named","status":"active","kind":"resource","abstract":false,"type":"Patient","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","differential":{"element":[{"id":"Patient.name","path":"Patient.name","min":1}]}}""";

    [Fact]
    public void What_the_README_shows_stands_here()
    {
        var here = Lines(File.ReadAllText(Repository.PathOf("test", "Isthmus.Fhir.Tests", "ReadmeTests.cs"))).ToHashSet(StringComparer.Ordinal);
        var blocks = File.ReadAllText(Repository.PathOf("src", "Engines", "Isthmus.Fhir", "README.md")).Split("```csharp").Skip(1).Select(block => block.Split("```")[0]);

        Assert.Equal([], blocks.SelectMany(Lines).Except(here, StringComparer.Ordinal));
    }

    [Fact]
    public void And_does_what_it_says()
    {
        var systems = new List<string?>();
        var lines = new List<string>();
        Assert.StartsWith("fhir.json.truncated at line 1", Show("{"u8.ToArray(), systems, lines), StringComparison.Ordinal);
        Assert.Equal("", Show("""{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}],"name":[{"use":"official","given":["Mara"]}],"birthDate":"1974-12-25"}"""u8.ToArray(), systems, lines));
        Assert.Equal(["urn:x"], systems);
        Assert.DoesNotContain(lines, line => line.StartsWith("fhir.structure.required ", StringComparison.Ordinal));
        Show("""{"resourceType":"Patient"}"""u8.ToArray(), systems, lines);
        Assert.Contains(lines, line => line.StartsWith("fhir.structure.required ", StringComparison.Ordinal));
    }

    private static string Show(byte[] bytes, List<string?> systems, List<string> lines)
    {
        using var archive = Archive();

        var read = FhirJsonReader.Read(bytes);
        if (read.Fault is { } fault)
        {
            return $"{fault.Rule} at line {fault.Position.Line}, column {fault.Position.Column}: {fault.Message}";
        }

        var given = read.Root["name"]["given"][0].AsString();
        var born = read.Root["birthDate"];
        foreach (var identifier in read.Root["identifier"])
        {
            systems.Add(identifier["system"].AsString());
        }

        var builder = new FhirBuilder();
        var patient = builder.Resource("Patient"u8);
        builder.Set(patient, "name[0].family", "Sample");
        byte[] json = FhirJsonWriter.ToBytes(builder.Element(patient));

        var definitions = DefinitionSet.R4.With(DefinitionPackage.Read(archive));
        var result = FhirValidator.For(definitions).Validate(bytes, new ValidationOptions { Profiles = ["http://example.org/StructureDefinition/named"] });
        foreach (var finding in result.Findings)
        {
            lines.Add($"{finding.Rule.Id} {finding.Expression} {finding.Position.Line}:{finding.Position.Column} {finding.Message}");
        }

        var official = FhirPath.Compile("name.where(use = 'official').given").Expression!;
        var names = official.Evaluate(read.Root).Count;

        var values = new List<SearchValue>();
        SearchIndex.Of(definitions).Extract(read.Root, TimeSpan.Zero, values);

        var snapshot = definitions.FindStructure("http://example.org/StructureDefinition/named")["snapshot"]["element"];

        var terminology = TerminologySet.Of(DefinitionSet.R4);
        var gender = terminology.ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender");
        var known = gender.ContainsCode("female"u8);
        Ucum.TryConvert(98.6m, Ucum.Unit("[degF]")!, Ucum.Unit("Cel")!, out var celsius);
        MolarMasses.TryConvert(90m, Ucum.Unit("mg/dL")!, Ucum.Unit("mmol/L")!, MolarMasses.Table.Find("2345-7")!, out var molar);

        Assert.Equal(given is null ? 0 : 1, names);
        Assert.Equal(given is not null, born.Exists);
        Assert.Equal(given is not null, values.Exists(value => value is DateValue));
        Assert.Equal(result.IsValid, given is not null);
        Assert.Equal("""{"resourceType":"Patient","name":[{"family":"Sample"}]}""", Encoding.UTF8.GetString(json));
        Assert.InRange(snapshot.Count, 20, 60);
        Assert.Equal((Membership.Yes, 37m, 5), (known, celsius, Math.Round(molar)));
        return "";
    }

    /// <summary>A line of code without its comment and indentation.</summary>
    private static IEnumerable<string> Lines(string code) =>
        code.Split('\n').Select(line => (line.IndexOf(" //", StringComparison.Ordinal) is var at and >= 0 ? line[..at] : line).Trim()).Where(line => line.Length > 0);

    private static MemoryStream Archive()
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true)))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/named.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(Profile)) });
        }

        archive.Position = 0;
        return archive;
    }
}
