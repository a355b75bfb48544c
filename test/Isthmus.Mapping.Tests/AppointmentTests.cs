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

    private static string Message(string trigger, string rest) => $"MSH|^~\\&|SCHED|CLINIC|EHR|CLINIC|20260301101500-0500||SIU^{trigger}|A1|P|2.3\n{rest}";
}
