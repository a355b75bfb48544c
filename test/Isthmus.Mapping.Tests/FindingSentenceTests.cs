using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Tests;

/// <summary>What a finding says became of a value is what became of it.</summary>
public sealed class FindingSentenceTests
{
    [Fact]
    public void A_code_that_stays_is_said_to_be_kept_and_one_that_does_not_to_be_left()
    {
        var outcome = Translate("PID|1||P1||Sample||19700101|Q||||||||ZZZ^Sample^HL70002\n", string.Empty);
        var patient = outcome.One("Patient");

        Assert.False(patient["gender"].Exists);
        Assert.Equal(FindingRules.CodeLeft.Message, Found(outcome, "PID-8").Message);
        Assert.Contains(patient["maritalStatus"]["coding"].Items(), coding => coding["code"].AsString() == "ZZZ");
        Assert.Equal(FindingRules.CodeUnmapped.Message, Found(outcome, "PID-16").Message);
    }

    [Fact]
    public void The_type_of_a_number_that_no_table_knows_stays_as_text_and_no_code_is_made_of_it()
    {
        var outcome = Translate("PID|1||P1^^^H^QQQ||Sample\n", string.Empty);
        var type = outcome.One("Patient")["identifier"][0]["type"];

        Assert.Equal("QQQ", type["text"].AsString());
        Assert.False(type["coding"].Exists);
        Assert.EndsWith("no code was made of it.", Found(outcome, "PID-3").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SNOMED", "http://snomed.info/sct", false)]
    [InlineData("NND", "urn:oid:2.16.840.1.114222.4.5.277", false)]
    [InlineData("GMDN", "urn:oid:2.16.840.1.113883.6.276", false)]
    [InlineData("HGVS.c", "http://varnomen.hgvs.org", false)]
    [InlineData("UB04FL15", "https://www.nubc.org/CodeSystem/PointOfOrigin", false)]
    [InlineData("FDK", "https://isthmus.example/local/lab/FDK", true)]
    public void A_system_of_table_0396_has_the_URI_that_somebody_registered_for_it_or_a_local_name_and_a_finding(string name, string uri, bool found)
    {
        var outcome = Translate("PID|1||P1\n", $"OBR|1||F1|K^Panel^{name}\n");

        Assert.Equal(uri, outcome.One("DiagnosticReport")["code"]["coding"][0]["system"].AsString());
        Assert.Equal(found, outcome.Findings.Any(finding => finding.Rule == FindingRules.SystemUnknown.Rule));
    }

    [Theory]
    [InlineData("MRN", "MR")]
    [InlineData("EPI", "PE")]
    [InlineData("CSN", "VN")]
    [InlineData("HAR", "AN")]
    public void What_senders_call_a_number_has_the_type_that_table_0203_has_for_it(string sent, string type)
    {
        var outcome = Translate($"PID|1||P1^^^H^{sent}||Sample\n", string.Empty);
        var made = outcome.One("Patient")["identifier"][0]["type"];

        Assert.Equal((type, sent), (made["coding"][0]["code"].AsString(), made["text"].AsString()));
        Assert.DoesNotContain(outcome.Findings, finding => finding.Location.ToString().StartsWith("PID-3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zork^Zork units", "Zork units", null)]
    [InlineData("zork^Zork units^99U", "Zork units", "zork")]
    public void Of_a_unit_that_nobody_knows_the_text_stays_and_the_code_where_its_system_is_named(string unit, string text, string? code)
    {
        var outcome = Translate("PID|1||P1\n", $"OBR|1||F1|K^Panel^L\nOBX|1|NM|K^Name^L||5|{unit}|||||F\n");
        var quantity = outcome.One("Observation")["valueQuantity"];

        Assert.Equal((text, code), (quantity["unit"].AsString(), quantity["code"].AsString()));
        Assert.Equal(FindingRules.UnitUnmapped.Message, outcome.Findings.Single(finding => finding.Rule == FindingRules.UnitUnmapped.Rule).Message);
    }

    private static MapFinding Found(Outcome outcome, string place) => outcome.Findings.Single(finding => finding.Location.ToString().StartsWith(place, StringComparison.Ordinal));

    private static Outcome Translate(string person, string rest) => Demo.Translate($"MSH|^~\\&|LAB|H|||20261120||{(rest.Length > 0 ? "ORU^R01^ORU_R01" : "ADT^A08^ADT_A01")}|1|P|2.5.1\n{person}{rest}");
}
