using System.Text;
using Isthmus.Fhir.Definitions;

namespace Isthmus.Fhir.Compiler.Tests;

public sealed class ArtefactWriterTests
{
    private const string Bundle = """{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"ValueSet","url":"http://e/v","version":"2"}},{"resource":{"resourceType":"CodeSystem","url":"http://e/c"}},{"resource":{"resourceType":"CapabilityStatement","url":"http://e/s"}}]}""";
    private const string Single = """{"resourceType":"CodeSystem","url":"http://e/a","text":{"div":"prose"}}""";

    [Fact]
    public void The_same_definitions_make_the_same_bytes_in_whatever_order_they_come() => Assert.Equal(Written(Bundle, Single), Written(Single, Bundle));

    [Fact]
    public void A_definition_that_comes_twice_is_in_once() => Assert.Equal(Written(Bundle, Single), Written(Bundle, Single, Single));

    [Fact]
    public void Every_url_is_in_the_table_from_its_first_slot_on()
    {
        var artefact = Written([.. Enumerable.Range(0, 500).Select(i => $$"""{"resourceType":"ValueSet","url":"http://e/{{i}}"}""")]);
        var numbers = ArtefactFormat.Magic.Length;
        var types = ArtefactFormat.ReadNumber(artefact, numbers + 8);
        var entries = ArtefactFormat.ReadNumber(artefact, numbers + 12);
        var slots = ArtefactFormat.ReadNumber(artefact, numbers + 16);
        var entriesAt = ArtefactFormat.HeaderBytes + (types * ArtefactFormat.TypeBytes);
        var slotsAt = entriesAt + (entries * ArtefactFormat.EntryBytes);

        Assert.Equal((1, 500), (types, entries));
        for (var entry = 0; entry < entries; entry++)
        {
            var at = entriesAt + (entry * ArtefactFormat.EntryBytes);
            var url = artefact.AsSpan(ArtefactFormat.ReadNumber(artefact, at), ArtefactFormat.ReadNumber(artefact, at + 4));
            var slot = ArtefactFormat.SlotOf(url, slots);
            while (ArtefactFormat.ReadNumber(artefact, slotsAt + (slot * ArtefactFormat.SlotBytes)) is var filled && filled != entry + 1)
            {
                Assert.NotEqual(0, filled);
                slot = (slot + 1) & (slots - 1);
            }
        }
    }

    [Fact]
    public void What_describes_servers_and_what_is_prose_is_not_in()
    {
        var text = Encoding.UTF8.GetString(Written(Bundle, Single));

        Assert.DoesNotContain("CapabilityStatement", text, StringComparison.Ordinal);
        Assert.DoesNotContain("prose", text, StringComparison.Ordinal);
        Assert.EndsWith("""{"resourceType":"CodeSystem","url":"http://e/a"}{"resourceType":"CodeSystem","url":"http://e/c"}{"resourceType":"ValueSet","url":"http://e/v","version":"2"}""", text, StringComparison.Ordinal);
    }

    private static byte[] Written(params string[] files)
    {
        var writer = new ArtefactWriter();
        foreach (var file in files)
        {
            writer.Add(Encoding.UTF8.GetBytes(file));
        }

        using var artefact = new MemoryStream();
        writer.WriteTo(artefact);
        return artefact.ToArray();
    }
}
