namespace Isthmus.Mapping.Tests;

public sealed class ImmunizationTests
{
    private const string Header = "MSH|^~\\&|EHR|CLINIC|IIS|STATE|20260301101500-0500||VXU^V04^VXU_V04|V1|P|2.5.1\nPID|1||771^^^EHR^MR||Invented^Sample||20200101|F\n";

    [Fact]
    public void A_dose_given_is_completed_with_amount_lot_route_and_site()
    {
        var outcome = Demo.Translate(Header + """
            ORC|RE||D1^EHR||||||20260301101000-0500|||N1^Order^Orla^^^^^^NPI
            RXA|0|1|20260301||140^Influenza, seasonal, injectable, preservative free^CVX^49281-0414-50^FLUZONE^NDC|0.5|mL^milliliter^UCUM||00^New immunization record^NIP001|N2^Admin^Ada^^^^^^NPI|^^^EHRCLINIC||||UI123AA|20260630|PMC^Sanofi Pasteur^MVX|||CP|A
            RXR|IM^Intramuscular^HL70162|LD^Left Deltoid^HL70163
            OBX|1|CE|64994-7^Vaccine funding program eligibility category^LN|1|V02^VFC eligible - Medicaid^HL70064||||||F
            OBX|2|CE|69764-9^Document type^LN|2|253088698300026411121116^Influenza VIS^cdcgs1vis||||||F
            OBX|3|DT|29769-7^Date VIS presented^LN|2|20260301||||||F
            OBX|4|NM|30973-2^Dose number in series^LN|3|2||||||F
            """);

        var dose = outcome.Json("Immunization");
        Assert.Contains("\"status\":\"completed\"", dose, StringComparison.Ordinal);
        Assert.Contains("{\"system\":\"http://hl7.org/fhir/sid/cvx\",\"code\":\"140\"", dose, StringComparison.Ordinal);
        Assert.Contains("{\"system\":\"http://hl7.org/fhir/sid/ndc\",\"code\":\"49281-0414-50\"", dose, StringComparison.Ordinal);
        Assert.Contains("\"doseQuantity\":{\"value\":0.5,\"unit\":\"milliliter\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mL\"}", dose, StringComparison.Ordinal);
        Assert.Contains("\"primarySource\":true", dose, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"V02\"", dose, StringComparison.Ordinal);
        Assert.Equal("2", Assert.Single(outcome.One("Immunization")["protocolApplied"].Items())["doseNumberPositiveInt"].AsString());
        Assert.Empty(outcome.All("Observation"));
    }

    [Theory]
    [InlineData("", "CP", "completed")]
    [InlineData("", "", "completed")]
    [InlineData("00^Parental decision^NIP002", "RE", "not-done")]
    [InlineData("00^Parental decision^NIP002", "", "not-done")]
    [InlineData("", "Refused", null)]
    public void A_refusal_never_passes_for_a_dose_given(string reason, string completion, string? status)
    {
        var dose = Demo.Translate(Header + $"ORC|RE||D1^EHR\nRXA|0|1|20260301||140^Influenza^CVX|999{new string('|', 12)}{reason}||{completion}|A\n").One("Immunization");

        Assert.Equal(status, dose["status"].AsString());
    }

    [Fact]
    public void Sheets_with_their_own_sub_id_stay_apart_and_the_lines_of_one_come_together()
    {
        var outcome = Demo.Translate(Header + """
            ORC|RE||D2^EHR
            RXA|0|1|20260301||110^DTaP-Hep B-IPV^CVX|0.5|mL^^UCUM
            OBX|1|CE|30956-7^Vaccine type^LN|1|107^DTaP^CVX||||||F
            OBX|2|DT|29768-9^Date VIS published^LN|1|20070517||||||F
            OBX|3|DT|29769-7^Date VIS presented^LN|1|20260301||||||F
            OBX|4|CE|30956-7^Vaccine type^LN|2|89^Polio^CVX||||||F
            OBX|5|DT|29769-7^Date VIS presented^LN|2|20260301||||||F
            """);

        var sheets = outcome.One("Immunization")["education"];
        Assert.Equal(2, sheets.Count);
        Assert.Equal("DTaP", sheets[0]["documentType"].AsString());
        Assert.Equal("Polio", sheets[1]["documentType"].AsString());
        Assert.Equal("2007-05-17", sheets[0]["publicationDate"].AsString());
    }

    [Theory]
    [InlineData("|||RE|A", "not-done")]
    [InlineData("|||NA|A", "not-done")]
    [InlineData("|||PA|A", "completed")]
    [InlineData("||||A", "completed")]
    [InlineData("|||CP|D", "entered-in-error")]
    public void The_status_follows_completion_and_action(string tail, string status)
    {
        var outcome = Demo.Translate(Header + $"ORC|RE||D3^EHR\nRXA|0|1|20260301||03^MMR^CVX|999|||||||||||{tail}");

        Assert.Equal(status, outcome.One("Immunization")["status"].AsString());
    }

    [Fact]
    public void A_refusal_says_why_and_an_unknown_amount_is_no_number()
    {
        var outcome = Demo.Translate(Header + "ORC|RE||9999^EHR\nRXA|0|1|20260301||03^MMR^CVX|999||||||||||||00^Parental decision^NIP002||RE|A");

        var refusal = outcome.Json("Immunization");
        Assert.Contains("\"statusReason\":{\"coding\":[{", refusal, StringComparison.Ordinal);
        Assert.Contains("Parental decision", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("999}", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_historical_dose_says_where_it_was_recorded_and_a_reaction_stays_an_observation()
    {
        var outcome = Demo.Translate(Header + """
            ORC|RE||H1^EHR
            RXA|0|1|20210515||03^MMR^CVX|999|||01^Historical information - source unspecified^NIP001|||||||||||CP|A
            OBX|1|CE|31044-1^Immunization reaction^LN|1|39579001^Anaphylaxis^SCT||||||F|||20210516
            """);

        var dose = outcome.One("Immunization");
        Assert.Equal("false", dose["primarySource"].AsString());
        Assert.Equal("2021-05-16", dose["reaction"][0]["date"].AsString());
        Assert.Equal($"Observation/{outcome.One("Observation")["id"].AsString()}", dose["reaction"][0]["detail"]["reference"].AsString());
        Assert.Equal($"Immunization/{dose["id"].AsString()}", outcome.One("Observation")["partOf"][0]["reference"].AsString());
    }

    [Fact]
    public void No_vaccine_given_is_not_done_and_what_is_known_instead_is_observed()
    {
        var outcome = Demo.Translate(Header + """
            ORC|RE||9999^EHR
            RXA|0|1|20260301||998^No vaccine administered^CVX|999||||||||||||||NA
            OBX|1|CE|59784-9^Disease with presumed immunity^LN|1|38907003^Varicella infection^SCT||||||F
            OBX|2|NM|30973-2^Dose number^LN|2|1||||||F
            """);

        Assert.Equal("not-done", outcome.One("Immunization")["status"].AsString());
        Assert.Equal(2, outcome.All("Observation").Count);
    }

    [Fact]
    public void Sheets_that_share_a_sub_id_or_have_none_stay_apart()
    {
        var outcome = Demo.Translate(Header + """
            ORC|RE||D2^EHR
            RXA|0|1|20260301||110^DTaP-Hep B-IPV^CVX|0.5|mL^^UCUM
            OBX|1|CE|69764-9^Document type^LN||A1^Sheet A^cdcgs1vis||||||F
            OBX|2|DT|29769-7^Date VIS presented^LN||20260301||||||F
            OBX|3|CE|69764-9^Document type^LN||B1^Sheet B^cdcgs1vis||||||F
            OBX|4|DT|29769-7^Date VIS presented^LN||20260302||||||F
            """);

        var sheets = outcome.One("Immunization")["education"].Items();
        Assert.Equal(["Sheet A", "Sheet B", null], sheets.Select(sheet => sheet["documentType"].AsString()));
        Assert.Equal(["2026-03-01", null, "2026-03-02"], sheets.Select(sheet => sheet["presentationDate"].AsString()));
    }

    [Theory]
    [InlineData("D")]
    [InlineData("W")]
    public void What_was_deleted_or_wrong_says_nothing_of_the_dose(string result)
    {
        var outcome = Demo.Translate(Header + $"ORC|RE||D2^EHR\nRXA|0|1|20260301||140^Flu^CVX|0.5|mL^^UCUM\nOBX|1|CE|64994-7^Eligibility^LN|1|V02^Medicaid^HL70064||||||{result}");

        Assert.False(outcome.One("Immunization")["programEligibility"].Exists);
        Assert.Equal("entered-in-error", outcome.One("Observation")["status"].AsString());
    }

    [Theory]
    [InlineData("03^MMR^CVX", "999", "")]
    [InlineData("03^MMR^CVX", "999", "mL^milliliter^UCUM")]
    [InlineData("998^No vaccine administered^CVX", "999", "")]
    [InlineData("998^No vaccine administered^CVX", "0", "mL^milliliter^UCUM")]
    public void An_amount_that_is_unknown_or_of_no_vaccine_makes_no_dose(string vaccine, string amount, string unit)
    {
        var dose = Demo.Translate(Header + $"ORC|RE||D1^EHR\nRXA|0|1|20260301||{vaccine}|{amount}|{unit}|||||||||||||CP|A\n").One("Immunization");

        Assert.False(dose["doseQuantity"].Exists);
        Assert.False(dose["note"].Exists);
    }
}
