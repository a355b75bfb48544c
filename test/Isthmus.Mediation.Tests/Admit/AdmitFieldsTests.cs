using System.Text;
using Isthmus.Exchange;

namespace Isthmus.Mediation.Tests.Admit;

public sealed class AdmitFieldsTests
{
    [Fact]
    public void A_segment_that_the_contract_does_not_list_is_held_and_the_rest_goes_on()
    {
        var travel = Travel.Of("mixed-units");

        Assert.Contains(travel.Trail.Findings, finding => finding.Rule == "contract.segment-unlisted" && finding.Location == "ZLB");
        Assert.DoesNotContain("RACK7", Seen(travel), StringComparison.Ordinal);
        Assert.Contains("Castellanos", Seen(travel), StringComparison.Ordinal);
        Assert.Equal(9, travel.Arrived!.Message.All("OBX").Count);
    }

    [Fact]
    public void A_field_that_the_contract_does_not_list_is_blanked_and_all_others_keep_their_numbers()
    {
        var travel = Travel.Of("normal", text => text.Replace("||139|mmol/L|136-145||||F|", "||139|mmol/L|136-145||unlisted||F|", StringComparison.Ordinal));

        Assert.DoesNotContain("unlisted", Seen(travel), StringComparison.Ordinal);
        Assert.Equal("F", travel.Arrived!.Message.First("OBX").Field(11).GetText());
        Assert.Contains(travel.Trail.Findings, finding => finding is { Rule: "contract.field-unlisted", Severity: Severity.Warning, Location: "OBX-9" });
    }

    [Fact]
    public void A_prohibited_field_quarantines_and_is_named_without_its_value()
    {
        var stopped = Travel.Of("prohibited-field").Trail.Stopped!;

        Assert.Equal(Outcome.Quarantined, stopped.Outcome);
        Assert.Equal(("contract.field-prohibited", "PID-19"), (stopped.Finding.Rule, stopped.Finding.Location));
    }

    [Fact]
    public void A_message_whose_work_never_ended_three_times_is_quarantined()
    {
        Assert.Null(Travel.Of("normal", attempts: 4).Trail.Stopped);
        Assert.Equal("mediation.attempts-exhausted", Travel.Of("normal", attempts: 5).Trail.Stopped!.Finding.Rule);
    }

    private static string Seen(Travel travel) => Encoding.UTF8.GetString(travel.Arrived!.Message.Raw.Span);
}
