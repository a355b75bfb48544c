using System.Text;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseImmunizationTests
{
    private const string Head = "MSH|^~\\&|EHR|CLINIC|IIS|STATE|20260301101500-0500||VXU^V04^VXU_V04|V1|P|2.5.1\rPID|1||771^^^EHR^MR||Invented^Sample||20200101|F||||||||||||||||Y|2\r";

    [Theory]
    [InlineData("00^Parental decision^NIP002||RE|A")]
    [InlineData("00^Parental decision^NIP002||NA|A")]
    [InlineData("||RE|A")]
    [InlineData("||NA|A")]
    [InlineData("||PA|A")]
    [InlineData("||PA|D")]
    [InlineData("||CP|D")]
    [InlineData("||CP|U")]
    [InlineData("||CP|A")]
    public void What_became_of_the_dose_comes_back_as_it_was_sent(string tail) =>
        AssertReturns("ORC|RE||D1^EHR\rRXA|0|1|20260301||03^MMR^CVX|999||||||||||||" + tail + "\r", "|999||||||||||||" + tail + "\n");

    [Fact]
    public void A_dose_of_several_lots_comes_back_with_all_of_them_and_with_every_reason() => AssertReturns(
        "ORC|RE||D1^EHR\rRXA|0|1|20260301||03^MMR^CVX|0.5|mL||||||||L1~L2|20270101~20270202||00^Parental decision^NIP002~01^Religious exemption^NIP002||NA|A\r",
        "|L1~L2|20270101~20270202||00^Parental decision^NIP002~01^Religious exemption^NIP002||NA|A\n");

    [Fact]
    public void Times_places_and_sheets_come_back_to_their_fields() => AssertReturns(
        """
        ORC|RE||D2^EHR||||||20260302111010-0500
        RXA|0|1|20260302090000-0500|20260302091500-0500|140^Flu^CVX|0.5|mL||00^New immunization record^NIP001||^^^Corner Pharmacy^^^^^12 High St^Apt 2^Town^MI^48103^USA|||||||||CP|A|20260302101010-0500
        OBX|1|CWE|64994-7^Vaccine funding program eligibility category^LN|1|V02^Medicaid^HL70064||||||F|||20260302|||VXC40^per immunization^CDCPHINVS
        OBX|2|NM|30973-2^Dose number in series^LN|4|2||||||F
        OBX|3|CWE|59780-7^Immunization series name^LN|4|S1^Primary^L||||||F
        OBX|4|CWE|59779-9^Immunization schedule used^LN|4|VXC16^ACIP^CDCPHINVS||||||F
        OBX|5|CWE|69764-9^Document type^LN|7|A1^Influenza VIS^cdcgs1vis||||||F
        OBX|6|CWE|69764-9^Document type^LN|3|B1^Td VIS^cdcgs1vis||||||F
        OBX|7|TS|29768-9^Date vaccine information statement published^LN|7|20250801||||||F
        OBX|8|TS|29769-7^Date vaccine information statement presented^LN|7|20260302||||||F
        OBX|9|TS|29769-7^Date vaccine information statement presented^LN|3|20260303||||||F
        OBX|10|CWE|30956-7^Vaccine type^LN|7|88^Influenza^CVX||||||D

        """.ReplaceLineEndings("\r"));

    [Fact]
    public void A_place_goes_to_the_field_that_the_version_has()
    {
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(Head + "ORC|RE||D2^EHR\rRXA|0|1|20260302||140^Flu^CVX|0.5|mL|||||||||||||CP|A||||||WARD^3^2^HOSP\r"));
        var old = RoundTrip.Writer.Translate(Fhir.Json.FhirJsonReader.Read(bundle).Root, RoundTrip.Context);
        var recent = RoundTrip.Writer.Translate(Fhir.Json.FhirJsonReader.Read(bundle).Root, RoundTrip.Context with { Version = "2.8.2" });

        Assert.Contains("|0.5|mL||||WARD^3^2^HOSP|||||||||CP|A\n", RoundTrip.Lines(old.Message), StringComparison.Ordinal);
        Assert.Contains("|CP|A||||||WARD^3^2^HOSP\n", RoundTrip.Lines(recent.Message), StringComparison.Ordinal);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(old.Message.ToArray()), old.Message);
    }

    [Theory]
    [InlineData("Y|2")]
    [InlineData("N|1")]
    [InlineData("Y")]
    [InlineData("N")]
    public void Whether_it_was_a_multiple_birth_comes_back_beside_the_order_of_it(string birth)
    {
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(Head.Replace("|Y|2\r", $"|{birth}\r", StringComparison.Ordinal) + "ORC|RE||D2^EHR\rRXA|0|1|20260302||140^Flu^CVX|0.5|mL\r"));
        var back = RoundTrip.Back(bundle);

        Assert.Contains($"||||{birth}\n", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }

    private static void AssertReturns(string sent, string? expected = null)
    {
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(Head + sent));
        var back = RoundTrip.Back(bundle);

        Assert.Empty(back.Findings);
        Assert.Contains("|Y|2\n", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        foreach (var line in (expected ?? sent).Replace('\r', '\n').Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("ORC", StringComparison.Ordinal)))
        {
            Assert.Contains(line + "\n", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        }

        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }
}
