using System.Text;

namespace Isthmus.Mapping.Tests;

public sealed class ReadmeTests
{
    private const string Completion = """
        version: 1.0.0
        maps:
          - map: EX-Observation
            segment: OBX
            resource: Observation
            rules:
              - { from: OBX-3, to: code, map: EX-Concept }
          - map: EX-Kin
            segment: NK1
            resource: RelatedPerson
            rules:
              - { from: NK1-30, to: "name[1].text" }
          - map: EX-Header
            segment: MSH
            resource: MessageHeader
            rules:
              - { from: MSH-3, to: source.name }
          - map: EX-Bundle
            segment: MSH
            resource: Bundle
            rules:
              - { to: type, value: message }
        """;

    private const string Tables = """
        # table: example
        # kind: vocabulary
        # version: 1.0.0
        vocabulary,code,target,system,display
        ExampleSex,F,female,http://hl7.org/fhir/administrative-gender,Female
        ExampleCountry,US,US,urn:iso:std:iso:3166,United States
        """;

    [Fact]
    public void The_maps_shown_load_and_do_what_is_said_of_them()
    {
        var files = Blocks().Select((yaml, index) => ($"readme-{index}.yaml", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(yaml)))
            .Append(("completion.yaml", Encoding.UTF8.GetBytes(Completion)))
            .Append(("tables.csv", Encoding.UTF8.GetBytes(Tables)));
        var loaded = MapSet.Load(files);

        Assert.Empty(loaded.Faults);
        using var translation = new Translator(loaded.Maps!).Translate(
            Demo.Parse("MSH|^~\\&|LAB||||||EXA^E01|1|P|2.5.1\nPID|||P1^^^X&2.16.840.1&ISO~P2||Sample^Invented^^^Dr||197001010830|F||Clinic^Group||||||||||||||||US\nOBX|1|NM|K^Potassium\nOBX|2|NM\n"),
            Demo.Context);
        var bundle = Encoding.UTF8.GetString(Demo.Bundle(translation));

        Assert.Contains("\"identifier\":[{\"value\":\"P1\",\"system\":\"urn:oid:2.16.840.1\",\"use\":\"usual\"},{\"value\":\"P2\",\"use\":\"usual\"}]", bundle, StringComparison.Ordinal);
        Assert.Contains("\"_birthDate\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthTime\"", bundle, StringComparison.Ordinal);
        Assert.Contains("\"extension\":[{\"url\":\"code\",\"valueCodeableConcept\":{\"coding\":[{\"system\":\"urn:iso:std:iso:3166\",\"code\":\"US\"", bundle, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"Dr Invented Sample\"", bundle, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"Clinic\",\"type\":[{\"text\":\"Group\"}]", bundle, StringComparison.Ordinal);
        Assert.Single(translation.Resources, resource => resource.Type == "Observation");
    }

    private static List<string> Blocks()
    {
        var text = File.ReadAllText(Path.Combine(Demo.Site, "..", "..", "src", "Engines", "Isthmus.Mapping", "README.md"));
        var blocks = new List<string>();
        for (var at = text.IndexOf("```yaml", StringComparison.Ordinal); at >= 0; at = text.IndexOf("```yaml", at + 7, StringComparison.Ordinal))
        {
            blocks.Add(text[(at + 7)..text.IndexOf("```", at + 7, StringComparison.Ordinal)]);
        }

        return blocks;
    }
}
