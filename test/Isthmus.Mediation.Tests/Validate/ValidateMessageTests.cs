using Isthmus.Exchange;

namespace Isthmus.Mediation.Tests.Validate;

public sealed class ValidateMessageTests
{
    [Fact]
    public void A_sound_message_arrives_with_a_step_for_each_stage()
    {
        var travel = Travel.Of("normal");

        Assert.NotNull(travel.Arrived);
        Assert.Null(travel.Trail.Stopped);
        Assert.Equal(["parse", "detect-critical", "admit", "validate"], travel.Trail.Steps.Select(step => step.Name));
        Assert.All(travel.Trail.Steps, step => Assert.Equal("continue", step.Outcome));
    }

    [Fact]
    public void One_bad_value_does_not_lose_the_rest()
    {
        var travel = Travel.Of("normal", text => text.Replace("||139|", "||a lot|", StringComparison.Ordinal));

        Assert.NotNull(travel.Arrived);
        var finding = Assert.Single(travel.Trail.Findings, finding => finding.Rule == "result.number-invalid");
        Assert.Equal("OBX-5", finding.Location);
        Assert.DoesNotContain("a lot", finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20260116081500-0500", false)]
    [InlineData("20260716081500-0400", false)]
    [InlineData("20260716081500", false)]
    [InlineData("20260716081500-0500", true)]
    [InlineData("20260116081500+0000", true)]
    public void An_offset_that_the_zone_of_the_contract_does_not_have_is_found(string sent, bool differs)
    {
        var travel = Travel.Of("normal", text => string.Join('|', text.Split('|').Select((field, at) => at == 6 ? sent : field)));

        Assert.NotNull(travel.Arrived);
        Assert.Equal(differs, travel.Trail.Findings.Any(finding => finding.Rule == "message.offset-differs" && finding.Location == "MSH-7"));
    }

    [Fact]
    public void Two_patients_in_one_message_are_quarantined()
    {
        var stopped = Travel.Of("normal", text => text.Insert(text.IndexOf("OBR|", StringComparison.Ordinal), "PID|2||MRN9^^^ST_ELSEWHERE^MR\r")).Trail.Stopped!;

        Assert.Equal((Outcome.Quarantined, "message.several-patients"), (stopped.Outcome, stopped.Finding.Rule));
    }

    [Fact]
    public void A_message_that_was_cut_short_is_quarantined()
    {
        var stopped = Travel.Of("normal", text => text[..text.IndexOf("OBR|", StringComparison.Ordinal)]).Trail.Stopped!;

        Assert.Equal((Outcome.Quarantined, "message.segment-missing", "OBR"), (stopped.Outcome, stopped.Finding.Rule, stopped.Finding.Location));
    }

    [Fact]
    public void A_second_header_in_one_frame_is_quarantined()
    {
        var stopped = Travel.Of("normal", text => text + text).Trail.Stopped!;

        Assert.Equal(Outcome.Quarantined, stopped.Outcome);
    }

    [Theory]
    [InlineData("DSC|next|F\r", "DSC-1")]
    [InlineData("ADD|goes on|\r", "ADD")]
    public void A_part_of_a_message_is_quarantined_for_its_last_value_may_be_half_a_value(string segment, string location)
    {
        var stopped = Travel.Of("normal", text => text.TrimEnd('\r') + "\r" + segment).Trail.Stopped!;

        Assert.Equal((Outcome.Quarantined, "message.continued", location), (stopped.Outcome, stopped.Finding.Rule, stopped.Finding.Location));
    }

    [Fact]
    public void An_empty_continuation_and_one_that_only_the_header_claims_stop_nothing()
    {
        var empty = Travel.Of("normal", text => text.TrimEnd('\r') + "\rDSC||\r");
        var claimed = Travel.Of("normal", text =>
        {
            var end = text.IndexOf('\r', StringComparison.Ordinal);
            var fields = (text[..end] + "||||||||||||||").Split('|');
            fields[13] = "pointer";
            return string.Join('|', fields) + text[end..];
        });

        Assert.Null(empty.Trail.Stopped);
        Assert.Null(claimed.Trail.Stopped);
        Assert.Contains(claimed.Trail.Findings, finding => finding.Rule == "message.continuation");
    }
}
