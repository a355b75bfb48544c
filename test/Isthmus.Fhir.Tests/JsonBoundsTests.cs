using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

/// <summary>Documents made to hurt: bounded memory, a located fault, never an exception.</summary>
public sealed class JsonBoundsTests
{
    [Fact, HostileRow("D12")]
    public void Resources_contained_in_each_other_a_thousand_deep_are_refused_where_it_gets_too_deep()
    {
        const string Opening = "{\"resourceType\":\"Basic\",\"contained\":[";
        var json = string.Concat(Enumerable.Repeat(Opening, 1000)) + string.Concat(Enumerable.Repeat("]}", 1000));
        var fault = Read(json).Fault!;

        Assert.Equal("fhir.json.too-deep", fault.Rule);
        Assert.Equal(FhirJsonLimits.Default.MaxDepth / 2 * Opening.Length, fault.Position.Offset);
        Assert.Null(FhirJsonReader.Read(Encoding.UTF8.GetBytes(json), new FhirJsonLimits { MaxDepth = 3000 }).Fault);
    }

    [Fact]
    public void A_Bundle_of_a_hundred_thousand_entries_is_read_whole_and_written_again()
    {
        var entries = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"{{\"resource\":{{\"resourceType\":\"Basic\",\"id\":\"{i}\"}}}}"));
        var json = Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"collection","entry":[{{entries}}]}""");
        var bundle = FhirJsonReader.Read(json).Root;

        Assert.Equal(100_000, bundle["entry"].Count);
        Assert.Equal("99999", bundle["entry"][99_999]["resource"]["id"].AsString());
        Assert.True(json.AsSpan().SequenceEqual(FhirJsonWriter.ToBytes(bundle)));
    }

    [Fact]
    public void More_values_than_the_limit_are_refused()
    {
        var limits = new FhirJsonLimits { MaxNodes = 100 };

        Assert.Equal("fhir.json.too-many-nodes", FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes($"[{string.Join(',', new int[200])}]"), limits).Fault!.Rule);
    }

    [Fact]
    public void Names_that_mean_something_elsewhere_mean_nothing_here()
    {
        const string Json = """{"resourceType":"Basic","__proto__":{"id":"p"},"constructor":1,"toString":null,"":2}""";
        var root = Read(Json).Root;

        Assert.False(root["id"].Exists);
        Assert.Equal("p", root["__proto__"]["id"].AsString());
        Assert.Equal(Json, Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(root)));
    }

    [Fact]
    public void A_name_with_escapes_is_the_name_it_spells()
    {
        var root = Read("""{"\u0072esourceType":"Basic","\u0069d":"a","\u005fid":{"id":"b"}}""").Root;

        Assert.Equal("a", root["id"].AsString());
        Assert.Equal("b", root["id"].Sibling["id"].AsString());
        Assert.Equal("""{"resourceType":"Basic","id":"a","_id":{"id":"b"}}""", Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(root)));
    }

    [Theory]
    [InlineData("utf-16", 0)]
    [InlineData("utf-32", 0)]
    [InlineData("latin1", 36)]
    public void Another_encoding_is_refused_where_it_stops_being_UTF_8(string encoding, int offset)
    {
        var json = Encoding.GetEncoding(encoding).GetBytes("{\"resourceType\":\"Basic\",\"language\":\"\u00e9\"}");
        var fault = FhirJsonReader.Read((byte[])[.. Encoding.GetEncoding(encoding).Preamble, .. json]).Fault!;

        Assert.Equal(("fhir.json.utf8", offset), (fault.Rule, fault.Position.Offset));
    }

    [Fact]
    public void A_mark_of_byte_order_is_passed_over()
    {
        Assert.Equal("Basic", FhirJsonReader.Read((byte[])[.. Encoding.UTF8.Preamble, .. "{\"resourceType\":\"Basic\"}"u8]).Root.ResourceType);
    }

    [Fact]
    public void Half_of_one_encoding_within_another_is_refused()
    {
        byte[] json = [.. "{\"resourceType\":\"Basic\",\"id\":\""u8, 0xC3, .. "\"}"u8];

        Assert.Equal("fhir.json.utf8", FhirJsonReader.Read(json).Fault!.Rule);
    }

    [Theory]
    [InlineData("1.10", "1.10", "1.10")]
    [InlineData("-0", "-0", "0")]
    [InlineData("1e2", "1e2", "100")]
    [InlineData("0.000000000000000000000000001", "0.000000000000000000000000001", "0.000000000000000000000000001")]
    [InlineData("123456789012345678901234567890123456789", "123456789012345678901234567890123456789", null)]
    [InlineData("1E400", "1E400", null)]
    public void A_number_keeps_its_text_whether_or_not_it_fits_a_decimal(string written, string text, string? value)
    {
        var number = FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes(written)).Root;

        Assert.Equal(text, number.AsString());
        Assert.Equal(value, number.AsDecimal()?.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_tape_used_again_holds_only_the_last_document()
    {
        var tape = new FhirTape();
        var large = string.Join(',', Enumerable.Range(0, 2000).Select(i => $"\"p{i}\":{i}"));
        FhirJsonReader.Read(Encoding.UTF8.GetBytes($"{{\"resourceType\":\"Basic\",{large}}}"), into: tape);
        Assert.NotNull(FhirJsonReader.Read("{\"resourceType\":\"Basic\",\"id\":"u8.ToArray(), into: tape).Fault);
        var root = FhirJsonReader.Read("{\"resourceType\":\"Patient\",\"id\":\"x\"}"u8.ToArray(), into: tape).Root;

        Assert.Equal("""{"resourceType":"Patient","id":"x"}""", Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(root)));
    }

    private static FhirReadResult Read(string json) => FhirJsonReader.Read(Encoding.UTF8.GetBytes(json));
}
