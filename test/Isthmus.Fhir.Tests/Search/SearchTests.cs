using System.Globalization;
using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;

namespace Isthmus.Fhir.Tests.Search;

public sealed class SearchTests
{
    private static readonly SearchIndex Index = SearchIndex.Of(DefinitionSet.R4);

    [Fact]
    public void Every_published_expression_compiles_for_each_type_it_is_for()
    {
        var types = DefinitionSet.R4.All("SearchParameter").SelectMany(definition => Texts(definition["base"])).Distinct(StringComparer.Ordinal).ToArray();

        Assert.InRange(types.Length, 130, 150);
        Assert.Empty(types.SelectMany(type => Index.Faults(type).Select(fault => $"{type} {fault.Key} {fault.Value.Rule}")));
        Assert.Contains(Index.Parameters("Observation"), parameter => parameter is { Code: "combo-code-value-quantity", Kind: SearchKind.Composite });
        Assert.Equal(SearchKind.Date, Index.Find("Patient", "_lastUpdated")?.Kind);
        Assert.Null(Index.Find("Patient", "nonesuch"));
        Assert.Empty(Index.Parameters("Nonesuch"));
    }

    [Theory]
    [InlineData("identifier", "urn:x|17")]
    [InlineData("family", "Sample")]
    [InlineData("name", "Dr,Mara,Sample")]
    [InlineData("phone", "|555")]
    [InlineData("telecom", "|555,|a@b.example")]
    [InlineData("gender", "|female")]
    [InlineData("deceased", "|true")]
    [InlineData("active", "|true")]
    [InlineData("address-city", "Exampleton")]
    [InlineData("address", "1 Lane,Exampleton")]
    [InlineData("language", "urn:ietf:bcp:47|fr")]
    [InlineData("general-practitioner", "Practitioner/p1")]
    [InlineData("organization", "Organization/o1/_history/3")]
    [InlineData("birthdate", "1974-12-25T00:00:00Z..1974-12-26T00:00:00Z")]
    [InlineData("death-date", "2019-12-31T23:00:00Z..2020-12-31T23:00:00Z")]
    [InlineData("_lastUpdated", "2026-03-01T07:15:30.1230000Z..2026-03-01T07:15:30.1240000Z")]
    [InlineData("_id", "|pat1")]
    [InlineData("_profile", "http://example.org/p")]
    [InlineData("link", "")]
    public void A_Patient_is_found_by(string code, string values) => Assert.Equal(values, Found("""
        {"resourceType":"Patient","id":"pat1","meta":{"lastUpdated":"2026-03-01T08:15:30.123+01:00","profile":["http://example.org/p"]},
         "identifier":[{"system":"urn:x","value":"17"}],"active":true,"gender":"female","birthDate":"1974-12-25","deceasedDateTime":"2020",
         "name":[{"use":"official","prefix":["Dr"],"given":["Mara"],"family":"Sample"}],
         "telecom":[{"system":"phone","value":"555"},{"system":"email","value":"a@b.example"}],
         "address":[{"use":"home","type":"both","line":["1 Lane"],"city":"Exampleton"}],
         "communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"fr"}]}}],
         "generalPractitioner":[{"reference":"Practitioner/p1"}],"managingOrganization":{"reference":"https://h.example/fhir/Organization/o1/_history/3"}}
        """, code, TimeSpan.FromHours(code == "death-date" ? 1 : 0)));

    [Theory]
    [InlineData("code", "http://loinc.org|718-7,text Haemoglobin")]
    [InlineData("patient", "Patient/p")]
    [InlineData("subject", "Patient/p")]
    [InlineData("value-quantity", "13.5 g/dL = 135000 g.m-3")]
    [InlineData("code-value-quantity", "http://loinc.org|718-7 & 13.5 g/dL = 135000 g.m-3,text Haemoglobin & 13.5 g/dL = 135000 g.m-3")]
    [InlineData("component-value-quantity", "..5 mmol/L = ..3011068350000000000000000 m-3")]
    [InlineData("date", "2026-03-01T07:00:00Z..2026-03-01T08:30:01Z")]
    [InlineData("status", "|final")]
    [InlineData("value-string", "")]
    public void An_Observation_is_found_by(string code, string values) => Assert.Equal(values, Found("""
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"718-7"}],"text":"Haemoglobin"},
         "subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2026-03-01T08:00:00+01:00","end":"2026-03-01T08:30:00Z"},
         "valueQuantity":{"value":13.5,"unit":"g/dl","system":"http://unitsofmeasure.org","code":"g/dL"},
         "component":[{"valueQuantity":{"value":5,"comparator":"<","system":"http://unitsofmeasure.org","code":"mmol/L"}}]}
        """, code));

    [Theory]
    [InlineData("{\"reference\":\"Group/g\"}", "patient", "")]
    [InlineData("{\"reference\":\"Group/g\"}", "subject", "Group/g")]
    [InlineData("{\"reference\":\"urn:uuid:1\"}", "patient", "")]
    [InlineData("{\"reference\":\"urn:uuid:1\",\"type\":\"Patient\"}", "patient", "Patient/")]
    [InlineData("{\"reference\":\"#c\"}", "patient", "Patient/")]
    [InlineData("{\"reference\":\"#d\"}", "patient", "")]
    [InlineData("{\"identifier\":{\"value\":\"7\"}}", "subject", "/ identified")]
    [InlineData("{\"display\":\"somebody\"}", "subject", "")]
    public void A_reference_tells_the_type_of_its_target_or_not(string subject, string code, string values) => Assert.Equal(values, Found(
        $$"""{"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"c"}],"subject":{{subject}} }""", code));

    [Theory]
    [InlineData("{\"resourceType\":\"Location\",\"position\":{\"latitude\":48.2,\"longitude\":16.4}}", "near", "48.2 16.4")]
    [InlineData("{\"resourceType\":\"RiskAssessment\",\"prediction\":[{\"probabilityDecimal\":0.5},{\"probabilityRange\":{\"low\":{\"value\":1}}}]}", "probability", "0.5..0.5,1..")]
    [InlineData("{\"resourceType\":\"Invoice\",\"totalNet\":{\"value\":9.90,\"currency\":\"EUR\"}}", "totalnet", "9.90 EUR")]
    [InlineData("{\"resourceType\":\"ValueSet\",\"url\":\"http://example.org/v\"}", "url", "http://example.org/v")]
    [InlineData("{\"resourceType\":\"Encounter\",\"period\":{\"end\":\"2026-01\"}}", "date", "0001-01-01T00:00:00Z..2026-02-01T00:00:00Z")]
    [InlineData("{\"resourceType\":\"Patient\",\"birthDate\":\"9999\"}", "birthdate", "9999-01-01T00:00:00Z..9999-12-31T23:59:59.9999999Z")]
    [InlineData("{\"resourceType\":\"Patient\",\"birthDate\":\"yesterday\"}", "birthdate", "")]
    [InlineData("{\"resourceType\":\"Bundle\",\"type\":\"document\",\"entry\":[{\"resource\":{\"resourceType\":\"Composition\",\"id\":\"c\"}}]}", "composition", "Composition/c")]
    [InlineData("{\"resourceType\":\"Nonesuch\",\"id\":\"a\"}", "_id", "")]
    public void Any_resource_is_found_by(string json, string code, string values) => Assert.Equal(values, Found(json, code));

    [Fact]
    public void Codings_without_end_do_not_multiply_without_end()
    {
        var codings = string.Join(',', Enumerable.Range(0, 200).Select(i => $$"""{"code":"{{i}}"}"""));
        var values = Extracted($$"""{"resourceType":"Observation","code":{"coding":[{{codings}}]},"valueCodeableConcept":{"coding":[{{codings}}]} }""", TimeSpan.Zero);

        Assert.InRange(values.Count(value => value.Parameter.Code == "code-value-concept"), 1000, 1000);
    }

    [Fact]
    public void Nothing_of_a_value_shows_in_ToString() => Assert.DoesNotContain(
        "SECRET", string.Join(' ', Extracted("""{"resourceType":"Patient","id":"SECRET","name":[{"family":"SECRET"}],"link":[{"other":{"reference":"Patient/SECRET"}}]}""", TimeSpan.Zero)), StringComparison.Ordinal);

    private static string Found(string json, string code, TimeSpan offset = default) =>
        string.Join(',', Extracted(json, offset).Where(value => value.Parameter.Code == code).Select(Shown).Order(StringComparer.Ordinal));

    private static List<SearchValue> Extracted(string json, TimeSpan offset)
    {
        var values = new List<SearchValue>();
        Index.Extract(FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes(json)).Root, offset, values);
        return values;
    }

    private static string Shown(SearchValue value) => value switch
    {
        TokenValue token => token.Code.Exists ? $"{token.System.AsString()}|{token.Code.AsString()}" : $"text {token.Text.AsString()}",
        StringValue text => text.Text.AsString()!,
        UriValue uri => uri.Uri.AsString()!,
        ReferenceValue reference => $"{reference.Target.Type}/{reference.Target.Id}{(reference.Target.Version is { } version ? $"/_history/{version}" : "")}{(reference.Identifier.Exists ? " identified" : "")}",
        DateValue date => $"{Instant(date.From)}..{Instant(date.Until)}",
        NumberValue number => $"{Number(number.From)}..{Number(number.Until)}",
        QuantityValue quantity => $"{Range(quantity.From, quantity.Until)} {quantity.Code.AsString()}{(quantity.Canonical() is { } canonical ? $" = {Range(canonical.From, canonical.Until)} {canonical.Code}" : "")}",
        CompositeValue composite => string.Join(" & ", composite.Components.Select(Shown)),
        PositionValue position => $"{Number(position.Latitude)} {Number(position.Longitude)}",
        _ => throw new InvalidOperationException(value.ToString()),
    };

    private static string Range(decimal? from, decimal? until) => from == until ? Number(from) : $"{Number(from)}..{Number(until)}";

    private static string Number(decimal? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Instant(DateTimeOffset at) =>
        at.ToString(at.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private static List<string> Texts(Elements.FhirElement array)
    {
        var texts = new List<string>();
        foreach (var item in array)
        {
            texts.Add(item.AsString()!);
        }

        return texts;
    }
}
