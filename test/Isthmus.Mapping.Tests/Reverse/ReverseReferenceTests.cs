using System.Text;
using Isthmus.Fhir.Json;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseReferenceTests
{
    private const string Tables = """
        # table: example
        # kind: vocabulary
        # version: 1.0.0
        vocabulary,code,target,system,display
        ExampleGender,female,F,http://terminology.hl7.org/CodeSystem/v2-0001,Female
        ExampleMarital,M,married,http://example.org/marital,Married
        """;

    private const string Bundle = """
        {"resourceType":"Bundle","type":"collection","entry":[
          {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p","birthDate":"1970-01-01","gender":"female","deceasedBoolean":true,
            "maritalStatus":{"coding":[{"system":"http://example.org/marital","code":"married"}]},
            "identifier":[{"value":"P|1","system":"urn:oid:1.2.3","assigner":{"display":"A"}},{"value":"900-00-0001","system":"http://hl7.org/fhir/sid/us-ssn","use":"old"},{"system":"urn:oid:1.2.4"}]}},
          {"resource":{"resourceType":"Observation","status":"final","code":{"text":"K"},"subject":{"reference":"urn:uuid:1"},"valueQuantity":{"value":4.10,"unit":"mmol/L"},"note":[{"text":"a\nb"}]}}]}
        """;

    [Fact]
    public void The_maps_shown_in_the_reference_load_and_do_what_is_said_of_them()
    {
        var loaded = MapSet.Load(MapLibrary.Files
            .Concat(Blocks().Select((yaml, index) => ($"maps/shown-{index}.yaml", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(yaml))))
            .Append(("terminology/shown.csv", Encoding.UTF8.GetBytes(Tables))));
        Assert.Empty(loaded.Faults);

        var written = new ReverseTranslator(loaded.Maps!).Translate(FhirJsonReader.Read(Encoding.UTF8.GetBytes(Bundle)).Root, new ReverseContext(DateTimeOffset.UnixEpoch, "lab"), "EXA_E01");
        var lines = RoundTrip.Lines(written.Message).Split('\n');

        Assert.Equal("MSH|^~\\&|||||19700101000000+0000||EXA^E01^EXA_E01|429CF51ABD51F1515584|P|2.5.1", lines[0]);
        Assert.StartsWith("PID|||P\\F\\1^^^A&1.2.3&ISO~900-00-0001^^^", lines[1], StringComparison.Ordinal);
        Assert.Contains("||||19700101|F||||||||M|||900-00-0001|", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("|Y||AL", lines[1], StringComparison.Ordinal);
        Assert.Equal(["OBX|1|NM|^^^^^^^^K||4.10|mmol/L|||||F", "NTE|1||a\\.br\\b"], lines[2..4]);
    }

    private static IEnumerable<string> Blocks()
    {
        var text = File.ReadAllText(Path.Combine(Demo.Site, "..", "..", "docs", "reference", "reverse-maps.md"));
        for (var at = text.IndexOf("```yaml", StringComparison.Ordinal); at >= 0; at = text.IndexOf("```yaml", at + 7, StringComparison.Ordinal))
        {
            yield return text[(at + 7)..text.IndexOf("```", at + 7, StringComparison.Ordinal)];
        }
    }
}
