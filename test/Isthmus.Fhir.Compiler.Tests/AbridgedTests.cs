using System.Text;
using System.Text.Json;

namespace Isthmus.Fhir.Compiler.Tests;

public sealed class AbridgedTests
{
    [Theory]
    [InlineData("""{"resourceType":"ValueSet","text":{"div":"<div/>"},"url":"u","description":"d"}""", """{"resourceType":"ValueSet","url":"u"}""")]
    [InlineData("""{"snapshot":{"element":[{"path":"A","definition":"d","short":"s"}]},"differential":{}}""", """{"snapshot":{"element":[{"path":"A","short":"s"}]}}""")]
    [InlineData("""{"differential":{"element":[{"path":"A"}]}}""", """{"differential":{"element":[{"path":"A"}]}}""")]
    [InlineData("""{"concept":[{"code":"a","display":"A \u00e9","definition":"d","concept":[{"code":"b","definition":"d"}]}]}""", """{"concept":[{"code":"a","display":"A é","concept":[{"code":"b"}]}]}""")]
    public void Prose_goes_and_what_decides_stays(string published, string abridged) => Assert.Equal(abridged, Abridge(published));

    [Fact]
    public void An_extension_goes_with_the_list_that_it_leaves_empty()
    {
        const string WorkingGroup = """{"url":"http://hl7.org/fhir/StructureDefinition/structuredefinition-wg","valueCode":"fhir"}""";
        const string Pattern = """{"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"a"}""";

        Assert.Equal("""{"url":"u"}""", Abridge($$"""{"extension":[{{WorkingGroup}}],"url":"u"}"""));
        Assert.Equal($$"""{"extension":[{{Pattern}}]}""", Abridge($$"""{"extension":[{{WorkingGroup}},{{Pattern}}]}"""));
    }

    [Fact]
    public void Numbers_keep_their_text() => Assert.Equal("""{"fixedDecimal":1.50}""", Abridge("""{"fixedDecimal":1.50}"""));

    private static string Abridge(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(Abridged.Write(document.RootElement));
    }
}
