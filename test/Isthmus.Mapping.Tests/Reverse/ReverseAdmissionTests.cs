using System.Text;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseAdmissionTests
{
    private const string Head = "MSH|^~\\&|ADT|H|EHR|H|20260301101500-0500||ADT^A01^ADT_A01|A1|P|2.5.1\rEVN|A01|20260301101500-0500\rPID|1||771^^^EHR^MR||Invented^Sample||19700101|F||||||||||A55^^^EHR^AN\r";

    [Fact]
    public void Who_takes_part_comes_back_where_it_was_said() => AssertReturns("""
        ROL|R1^EHR|AD|PP^Primary Care Provider^HL70443|N1^Doctor^Dora|20250101||||G^GP^L|||^WPN^PH^^^555^1234567^^^^^555 1234567
        ROL|R2^EHR|AD|RP^Referring Provider^HL70443|N2^Other^Otto|20250101|20260101||REASON^Why^L||||^WPN^PH^^^555^7654321^^^^^555 7654321
        ROL||AD|FHCP^Family Health Care Professional^HL70443|N8^Third^Theo
        PV1|1|I|WARD^4^1||||N3^Attend^Ada||||||||||||V7^^^H^VN
        ROL|R3^EHR|AD|EP^Entering Provider^HL70443|N4^Visit^Vera|20260301|20260302
        PR1|1||0DTJ^Appendectomy^I10P||20260301
        ROL|R4^EHR|AD|PR^Surgeon^L|N6^Surg^Sam

        """);

    [Fact]
    public void A_person_who_guarantees_comes_back_with_everything_that_was_said_of_it() => AssertReturns("""
        GT1|1|G1^^^EHR^PI|Payer^Peter||12 High St^^Town^MI^48103|^PRN^PH^^^555^1112222^^^^^555 1112222|^WPN^PH^^^555^3334444^^^^^555 3334444|19601010|M|I^Individual^L|FTH^Father^HL70063|123456789|20250101|20261231||||||||N|4

        """);

    [Theory]
    [InlineData("GT1|1||||||||||SEL||20250101|20261231||||||||N")]
    [InlineData("GT1|1||||12 High St^^Town^MI^48103||||||||20250101||||||||Invented Fund")]
    public void The_patient_and_an_organization_guarantee_too(string sent) => AssertReturns(sent + "\r");

    [Fact]
    public void A_certification_and_the_bill_come_back_under_their_coverage_and_visit() => AssertReturns("""
        PV1|1|I|WARD^4^1||||N3^Attend^Ada||||||||||||V7^^^H^VN
        IN1|1|PLAN1|INS1^^^EHR|Insurer
        IN3|1|C77^^^EHR|N7^Cert^Cora|Y||20260201|20260202||20260101|20261231|||20260303||CASE||||||Manager Mia
        UB1||||3

        """);

    [Fact]
    public void Two_certifications_of_one_coverage_go_out_as_one_and_are_found()
    {
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(Head + "PV1|1|I\rIN1|1|PLAN1|INS1^^^EHR|Insurer\rIN3|1|C77^^^EHR\rIN3|2|C78^^^EHR\r"));
        var back = RoundTrip.Back(bundle);

        Assert.Contains("IN3|1|C77^^^EHR~C78^^^EHR", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        Assert.Contains(back.Findings, finding => finding.Rule == "reverse.values-merged");
    }

    private static void AssertReturns(string sent)
    {
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(Head + sent.ReplaceLineEndings("\r")));
        var back = RoundTrip.Back(bundle);

        Assert.Empty(back.Findings);
        foreach (var line in sent.ReplaceLineEndings("\n").Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Contains(line + "\n", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        }

        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }
}
