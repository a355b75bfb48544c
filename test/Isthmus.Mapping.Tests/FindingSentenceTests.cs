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
