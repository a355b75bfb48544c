using System.Text;
using System.Text.Json;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

public sealed class JsonReaderTests
{
    [ConformanceFact("json")]
    public void Every_y_case_is_accepted_and_every_n_case_refused()
    {
        var wrong = new List<string>();
        var files = Directory.GetFiles(Conformance.PathOf("json"), "*.json");
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var accepted = FhirJsonReader.ReadJson(File.ReadAllBytes(file)).Fault is null;
            if (accepted != name.StartsWith('y'))
            {
                wrong.Add(name);
            }
        }

        Assert.NotEmpty(files);
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}", "fhir.json.duplicate-name", 1, 36)]
    [InlineData("{\"resourceType\":\"Patient\",\n \"active\": tru}", "fhir.json.literal", 2, 12)]
    [InlineData("{\"resourceType\":\"Patient\",\"x\":\"\\ud800\"}", "fhir.json.surrogate", 1, 32)]
    [InlineData("{\"resourceType\":\"Patient\",\"x\":01}", "fhir.json.number", 1, 31)]
    [InlineData("{\"resourceType\":\"Patient\"", "fhir.json.truncated", 1, 26)]
    [InlineData("{\"resourceType\":\"Patient\"}{}", "fhir.json.trailing", 1, 27)]
    [InlineData("[]", "fhir.json.not-a-resource", 1, 1)]
    [InlineData("{\"resourceType\":\"Pateint\"}", "fhir.json.unknown-resource-type", 1, 17)]
    public void A_fault_names_its_rule_line_and_column(string json, string rule, int line, int column)
    {
        var fault = FhirJsonReader.Read(Encoding.UTF8.GetBytes(json)).Fault;

        Assert.NotNull(fault);
        Assert.Equal((rule, line, column), (fault.Rule, fault.Position.Line, fault.Position.Column));
    }

    [Fact, HostileRow("D06")]
    public void A_duplicate_among_many_properties_or_behind_an_escape_is_found()
    {
        var many = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"p{i}\":{i}"));

        Assert.Equal("fhir.json.duplicate-name", Read($"{{\"resourceType\":\"Basic\",{many},\"p77\":1}}").Fault?.Rule);
        Assert.Null(Read($"{{\"resourceType\":\"Basic\",{many}}}").Fault);
        Assert.Equal("fhir.json.duplicate-name", Read("{\"resourceType\":\"Basic\",\"id\":1,\"\\u0069d\":1}").Fault?.Rule);
    }

    [Fact]
    public void A_sibling_is_not_a_duplicate_of_its_primitive()
    {
        var root = Read("{\"resourceType\":\"Patient\",\"birthDate\":\"1970-01-01\",\"_birthDate\":{\"id\":\"b\"}}").Root;

        Assert.Equal("1970-01-01", root["birthDate"].AsString());
        Assert.Equal("b", root["birthDate"].Sibling["id"].AsString());
    }

    [Fact]
    public void Depth_is_bounded_without_using_the_stack()
    {
        var deep = new string('[', 1_000_000);

        Assert.Equal("fhir.json.too-deep", FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes(deep)).Fault?.Rule);
    }

    [Fact]
    public void A_document_cut_off_at_any_byte_is_refused_and_never_throws()
    {
        var whole = Encoding.UTF8.GetBytes("{\"resourceType\":\"Patient\",\"a\":[1.5e-3,null,{\"b\":\"\\u00e9\\n\"}],\"c\":true}");
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.NotNull(FhirJsonReader.Read(whole.AsMemory(0, length)).Fault);
        }

        Assert.Null(FhirJsonReader.Read(whole).Fault);
    }

    [Fact]
    public void Random_changes_are_judged_as_the_platform_reader_judges_them()
    {
        var whole = Encoding.UTF8.GetBytes("{\"a\":[1.5e-3,-0,null,{\"b\":\"\\u00e9\\n\\\"x\"}],\"c\":true,\"d\":{},\"e\":[[]]}");
        var random = new Random(4711);
        for (var round = 0; round < 20_000; round++)
        {
            var changed = (byte[])whole.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                changed[random.Next(changed.Length)] = (byte)"{}[]\",:\\0123eE+-.untrfalse \u0001"[random.Next(28)];
            }

            Assert.Equal(PlatformAccepts(changed), FhirJsonReader.ReadJson(changed).Fault is null);
        }
    }

    [Fact]
    public void What_is_written_means_what_was_read()
    {
        const string json = "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":1.50,\"unit\":\"m\\u00b5\\/\"},\"note\":[{\"text\":\"a\\\"b\\n\"}],\"_status\":{\"id\":\"s\"},\"x-unknown\":[null,false,{}]}";
        var written = FhirJsonWriter.ToBytes(Read(json).Root);

        Assert.Equal(json, Encoding.UTF8.GetString(written));
    }

    [Fact]
    public void A_decimal_keeps_its_precision_and_its_text()
    {
        var value = Read("{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":7.00}}").Root["valueQuantity"]["value"];

        Assert.Equal("7.00", value.AsString());
        Assert.Equal(7.00m, value.AsDecimal());
    }

    [Fact]
    public void Nothing_of_the_content_shows_in_ToString()
    {
        var result = Read("{\"resourceType\":\"Patient\",\"id\":\"SECRET\"}");

        Assert.DoesNotContain("SECRET", $"{result} {result.Tape} {result.Root} {result.Root["id"]}", StringComparison.Ordinal);
    }

    private static FhirReadResult Read(string json) => FhirJsonReader.Read(Encoding.UTF8.GetBytes(json));

    private static bool PlatformAccepts(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
            return AllStringsDecode(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool AllStringsDecode(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() is not null,
        JsonValueKind.Array => element.EnumerateArray().All(AllStringsDecode),
        JsonValueKind.Object => element.EnumerateObject().All(property => property.Name is not null && AllStringsDecode(property.Value)),
        _ => true,
    };
}
