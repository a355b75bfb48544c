namespace Isthmus.Mapping.Tests;

public sealed class AppointmentTests
{
    [Theory]
    [InlineData("S12", "Booked", "booked")]
    [InlineData("S12", "", "booked")]
    [InlineData("S14", "Arrived", "arrived")]
    [InlineData("S15", "Canceled", "cancelled")]
    [InlineData("S15", "Scheduled", "cancelled")]
    [InlineData("S15", "", "cancelled")]
    [InlineData("S16", "Discontinued", "cancelled")]
    [InlineData("S17", "", "entered-in-error")]
    [InlineData("S26", "No Show", "noshow")]
    [InlineData("S26", "Booked", "noshow")]
    public void The_status_follows_the_filler_unless_the_event_ends_it(string trigger, string filler, string status)
    {
        var outcome = Demo.Translate(Message(trigger, $"SCH|P1^EHR|F1^SCHED||||^Patient request|^Knee pain|OFFICE^Office visit|30|min|^^30^20260302090000-0500^20260302093000-0500||||||||||||||{filler}"));

        Assert.Equal(status, outcome.One("Appointment")["status"].AsString());
    }

    [Fact]
    public void Start_and_length_make_the_end_and_every_resource_takes_part()
    {
        var outcome = Demo.Translate(Message("S12", """
            SCH|P1^EHR|F1^SCHED|||||^Knee pain|OFFICE^Office visit|1.5|hr|^^^20260302090000-0500
            NTE|1||Bring the pictures
            PID|1||771^^^EHR^MR||Invented^Sample
            RGS|1|A
            AIS|1|A|OFFICE^Office visit|20260302090000-0500|||90|min
            NTE|1||Nothing to eat before
            AIL|1|A|ROOM^4^^MAIN|||20260302090000-0500|||90|min||Booked
            AIP|1|A|N1^Doctor^Dora|ATT^Attending||20260302090000-0500|15|min|30|min||Confirmed
            """));

        var appointment = outcome.One("Appointment");
        Assert.Equal("2026-03-02T10:30:00-05:00", appointment["end"].AsString());
        Assert.Equal("90", appointment["minutesDuration"].AsString());
        Assert.Equal("Bring the pictures\nNothing to eat before", appointment["comment"].AsString());
        Assert.Equal(4, appointment["participant"].Count);
        Assert.All(Enumerable.Range(0, 4), at => Assert.True(appointment["participant"][at]["status"].Exists));
        Assert.Equal($"Patient/{outcome.One("Patient")["id"].AsString()}", appointment["participant"][0]["actor"]["reference"].AsString());
        Assert.DoesNotContain(outcome.Findings, finding => finding.Rule == FindingRules.DurationUnit.Rule);
    }

    [Fact]
    public void A_length_without_a_unit_is_not_guessed()
    {
        var outcome = Demo.Translate(Message("S12", "SCH|P1|F1|||||||30||^^^20260302090000-0500"));

        var appointment = outcome.One("Appointment");
        Assert.False(appointment["minutesDuration"].Exists);
        Assert.False(appointment["end"].Exists);
        Assert.Contains("\"_end\":{\"extension\"", outcome.Json("Appointment"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_behind_an_appointment_is_a_request_per_service()
    {
        var outcome = Demo.Translate(Message("S12", """
            SCH|P1|F1|||||||||||||||||||||||Booked|O77^EHR|A88^RIS
            PID|1||771^^^EHR^MR||Invented^Sample
            AIS|1|A|71045^Chest X-ray^C4|20260302090000-0500|||20|min
            """));

        var request = outcome.One("ServiceRequest");
        Assert.Equal("active", request["status"].AsString());
        Assert.Equal("O77", request["identifier"][0]["value"].AsString());
        Assert.Equal("2026-03-02T09:20:00-05:00", request["occurrencePeriod"]["end"].AsString());
        Assert.Equal($"ServiceRequest/{request["id"].AsString()}", outcome.One("Appointment")["basedOn"][0]["reference"].AsString());
        Assert.Equal($"Patient/{outcome.One("Patient")["id"].AsString()}", request["subject"]["reference"].AsString());
    }

    [Theory]
    [InlineData("S12", "Booked", "planned")]
    [InlineData("S12", "", "planned")]
    [InlineData("S13", "Pending", "planned")]
    [InlineData("S14", "Arrived", "arrived")]
    [InlineData("S14", "Started", "in-progress")]
    [InlineData("S14", "Complete", "finished")]
    [InlineData("S14", "Cancelled", "cancelled")]
    [InlineData("S15", "Booked", "cancelled")]
    [InlineData("S16", "", "cancelled")]
    [InlineData("S17", "", "entered-in-error")]
    [InlineData("S20", "Booked", "planned")]
    [InlineData("S26", "Noshow", "cancelled")]
    public void The_visit_of_an_appointment_is_what_has_become_of_the_appointment(string trigger, string filler, string status)
    {
        var outcome = Demo.Translate(Message(trigger, Booked(filler) + "\nPID|1||771^^^EHR^MR||Invented^Sample\nPV1|1|O|CLIN^4^1||||N1^Doctor^Dora||||||||||||V7^^^CLINIC^VN"));

        Assert.Equal(status, outcome.One("Encounter")["status"].AsString());
    }

    [Theory]
    [InlineData("S12", "20260227")]
    [InlineData("S15", "20260227")]
    [InlineData("S26", "202602272315-0500")]
    public void A_stay_that_began_before_goes_on_whatever_becomes_of_one_appointment_in_it(string trigger, string admitted)
    {
        var outcome = Demo.Translate(Message(trigger, Booked("Booked") + $"\nPID|1||771^^^EHR^MR||Invented^Sample\nPV1|1|I|WARD^4^1||||||||||||||||V7^^^CLINIC^VN|||||||||||||||||||||||||{admitted}"));

        Assert.Equal("in-progress", outcome.One("Encounter")["status"].AsString());
        Assert.Equal("active", outcome.One("Encounter")["location"][0]["status"].AsString());
    }

    [Theory]
    [InlineData("20260302")]
    [InlineData("20260302090000-0500")]
    [InlineData("202603010930-0600")]
    public void An_admission_that_lies_ahead_is_planned_and_nobody_is_in_its_bed(string admission)
    {
        var outcome = Demo.Translate(Message("S12", Booked("Booked") + $"\nPID|1||771^^^EHR^MR||Invented^Sample\nPV1|1|I|WARD^4^1||||||||||||||||V7^^^CLINIC^VN|||||||||||||||||||||||||{admission}"));

        Assert.Equal("planned", outcome.One("Encounter")["status"].AsString());
        Assert.False(outcome.One("Encounter")["location"][0]["status"].Exists);
    }

    [Theory]
    [InlineData("S12", "Booked", "accepted", "accepted")]
    [InlineData("S12", "Pending", "needs-action", "accepted")]
    [InlineData("S15", "", "declined", "declined")]
    [InlineData("S15", "Booked", "declined", "declined")]
    [InlineData("S16", "Cancelled", "declined", "declined")]
    [InlineData("S17", "Deleted", "declined", "declined")]
    [InlineData("S14", "Cancelled", "declined", "declined")]
    [InlineData("S26", "Noshow", "accepted", "accepted")]
    public void Nobody_takes_part_in_what_was_called_off(string trigger, string filler, string patient, string others)
    {
        var outcome = Demo.Translate(Message(trigger, Booked(filler) + """

            PID|1||771^^^EHR^MR||Invented^Sample
            RGS|1
            AIS|1||OFFICE^Office visit^L|20260302090000-0500|||30|min||Booked
            AIL|1||ROOM^4^^MAIN|||20260302090000-0500|||30|min||Booked
            AIP|1||N1^Doctor^Dora|ATT^Attending||20260302090000-0500|||30|min||Confirmed
            """));

        Assert.Equal([patient, others, others, others], outcome.One("Appointment")["participant"].Items().Select(one => one["status"].AsString()));
    }

    [Fact]
    public void A_resource_that_is_taken_out_declines_and_the_appointment_stays()
    {
        var outcome = Demo.Translate(Message("S20", Booked(string.Empty) + """

            RGS|1
            AIS|1|D|XRAY^X-ray^L|20260302090000-0500|||30|min||Cancelled
            AIS|2|X|OFFICE^Office visit^L|20260302090000-0500|||30|min||Booked
            AIP|1|D|N1^Doctor^Dora||||||||Booked
            """));

        var appointment = outcome.One("Appointment");
        Assert.Equal("booked", appointment["status"].AsString());
        Assert.Equal(["declined", "accepted", "declined"], appointment["participant"].Items().Select(one => one["status"].AsString()));
        Assert.Equal("OFFICE", Assert.Single(appointment["serviceType"].Items())["coding"][0]["code"].AsString());
    }

    [Fact]
    public void The_reason_keeps_the_words_and_the_code_that_were_sent()
    {
        var outcome = Demo.Translate(Message("S12", "SCH|P1|F1|||||FOLLOWUP^Wound check after the fall^HL70276|||^^^20260302090000-0500"));

        var reason = outcome.One("Appointment")["reasonCode"][0];
        Assert.Equal("Wound check after the fall", reason["text"].AsString());
        Assert.Equal(["185389009", "FOLLOWUP"], reason["coding"].Items().Select(coding => coding["code"].AsString()));
        Assert.Equal("Wound check after the fall", reason["coding"][1]["display"].AsString());
    }

    private static string Booked(string filler) => $"SCH|P1^EHR|F1^SCHED|||||^Knee pain||30|min|^^30^20260302090000-0500^20260302093000-0500||||||||||||||{filler}";

    private static string Message(string trigger, string rest) => $"MSH|^~\\&|SCHED|CLINIC|EHR|CLINIC|20260301101500-0500||SIU^{trigger}|A1|P|2.3\n{rest}";
}
