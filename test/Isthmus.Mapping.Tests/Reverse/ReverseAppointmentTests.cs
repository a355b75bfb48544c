using System.Text;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseAppointmentTests
{
    private const string Head = "MSH|^~\\&|SCHED|CLINIC|EHR|CLINIC|20260301101500-0500||SIU^S12^SIU_S12|A1|P|2.5.1\r";

    [Theory]
    [InlineData("S12", "Booked", "Booked")]
    [InlineData("S14", "Pending", "Pending")]
    [InlineData("S15", "Cancelled", "Cancelled")]
    [InlineData("S17", "Deleted", "Cancelled")]
    [InlineData("S20", "Booked", "Booked")]
    [InlineData("S26", "Noshow", "Booked")]
    public void Why_when_and_how_long_come_back(string trigger, string filler, string resource)
    {
        var sent = Head.Replace("S12^", trigger + "^", StringComparison.Ordinal) + $"""
            SCH|P1^EHR|F1^SCHED||||PATIENT^Patient request^L|FOLLOWUP^Wound check^HL70276||30|min|||||||||||||||{filler}
            TQ1|1||||||20260302090000-0500|20260302093000-0500|A
            PID|1||771^^^EHR^MR||Invented^Sample
            PV1|1|O|CLIN^4^1||||||||||||||||V7^^^CLINIC^VN
            RGS|1
            AIS|1||OFFICE^Office visit^L|20260302090000-0500|||20|min||{resource}|X1^Bring the pictures^L
            AIS|2||OFFICE^Office visit^L|20260302093000-0500|||45|s||{resource}
            AIS|3||LAB^Blood^L
            AIG|1||E7^Lamp^L|ROOMTHING^Thing^L||||20260302090000-0500|||15|min||{resource}
            AIL|1||ROOM^4^^MAIN|||20260302090000-0500|||30|min||{resource}
            AIP|1||N1^Doctor^Dora|ATT^Attending||20260302090000-0500|||30|min||{resource}

            """.ReplaceLineEndings("\r");
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(sent));
        var back = RoundTrip.Back(bundle);

        Assert.Empty(back.Findings);
        var lines = RoundTrip.Lines(back.Message);
        Assert.Contains("|PATIENT^Patient request^L|FOLLOWUP^Wound check^HL70276", lines, StringComparison.Ordinal);
        Assert.Contains($"AIS|1||OFFICE^Office visit^L|20260302090000-0500|||20|min||{resource}|X1^Bring the pictures^L\nAIS|2||OFFICE^Office visit^L|20260302093000-0500|||45|s||{resource}\nAIS|3||LAB^Blood^L\n", lines, StringComparison.Ordinal);
        Assert.Contains($"AIL|1||ROOM^4^^MAIN|||20260302090000-0500|||30|min||{resource}\n", lines, StringComparison.Ordinal);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }

    [Fact]
    public void What_is_told_of_the_patient_with_an_appointment_comes_back_with_it()
    {
        var sent = Head + """
            SCH|P1^EHR|F1^SCHED|||||^Knee pain||||||||||||||||||Booked
            TQ1|1||||||20260302090000-0500|20260302093000-0500
            PID|1||771^^^EHR^MR||Invented^Sample|||||||||||||A55^^^EHR^AN|||M77^^^EHR^MR
            PV1|1|O|CLIN^4^1||||||||||||||||V7^^^CLINIC^VN
            OBX|1|NM|8302-2^Height^LN||178|cm^cm^UCUM|||||F
            AL1|1|DA|PEN^Penicillin^L|SV|rash
            DG1|1||M17^Gonarthrosis^I10
            RGS|1
            AIS|1||XRAY^X-ray^L|20260302090000-0500|||30|min||Booked

            """.ReplaceLineEndings("\r");
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(sent));
        var back = RoundTrip.Back(bundle);

        Assert.Empty(back.Findings);
        var lines = RoundTrip.Lines(back.Message);
        Assert.Contains("|A55^^^EHR^AN|||M77^^^EHR^MR\n", lines, StringComparison.Ordinal);
        Assert.Contains("\nOBX|1|NM|8302-2^Height^LN||178|cm", lines, StringComparison.Ordinal);
        Assert.Contains("|PEN^Penicillin^L|SV^Severe^HL70128|rash\nDG1|1||M17^Gonarthrosis^I10\n", lines, StringComparison.Ordinal);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }

    [Fact]
    public void The_order_behind_several_services_comes_back_once()
    {
        var sent = Head + """
            SCH|P1^EHR|F1^SCHED|||||^Knee pain||||||||||||||||||Booked|O77^EHR|A88^RIS
            TQ1|1||||||20260302090000-0500|20260302093000-0500
            PID|1||771^^^EHR^MR||Invented^Sample
            RGS|1
            AIS|1||XRAY^X-ray^L|20260302090000-0500|||30|min||Booked
            AIS|2||OFFICE^Office visit^L|20260302093000-0500|||30|min||Booked

            """.ReplaceLineEndings("\r");
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(sent));
        var back = RoundTrip.Back(bundle);

        Assert.Empty(back.Findings);
        Assert.Contains("|Booked|O77^EHR|A88^RIS\n", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }

    [Fact]
    public void A_service_that_was_taken_out_stays_out()
    {
        var sent = Head.Replace("S12^", "S20^", StringComparison.Ordinal) + """
            SCH|P1^EHR|F1^SCHED||||X^Not needed^L|^Knee pain||||||||||||||||||Booked
            TQ1|1||||||20260302090000-0500|20260302093000-0500
            PID|1||771^^^EHR^MR||Invented^Sample
            RGS|1
            AIS|1|D|XRAY^X-ray^L|20260302090000-0500|||30|min||Cancelled
            AIS|2||OFFICE^Office visit^L|20260302090000-0500|||30|min||Booked

            """.ReplaceLineEndings("\r");
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(sent));
        var back = RoundTrip.Back(bundle);

        Assert.Contains("AIS|1|D|XRAY^X-ray^L|20260302090000-0500|||30|min||Cancelled\n", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }
}
