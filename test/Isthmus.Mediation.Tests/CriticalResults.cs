using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>The alarm comes before everything that could stop a message, and is raised once per occasion.</summary>
public sealed class CriticalResults(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private readonly Arranged.Mediation mediation = shared.Worker;

    [Theory]
    [InlineData("6.3", "mmol/L", "", "F", true)]
    [InlineData("2.7", "mmol/L", "", "F", true)]
    [InlineData("6.2", "mmol/L", "", "F", false)]
    [InlineData("2.8", "mmol/L", "", "F", false)]
    [InlineData("4.1", "mmol/L", "HH", "F", true)]
    [InlineData("4.1", "mmol/L", "H~LL", "F", true)]
    [InlineData("4.1", "mmol/L", "H", "F", false)]
    [InlineData("9.9", "mg/dL", "", "F", false)]
    [InlineData("9.9", "mg/dL", "HH", "F", true)]
    [InlineData("9.9", "mmol/L", "HH", "D", false)]
    [InlineData("9.9", "mmol/L", "HH", "W", false)]
    [InlineData("9.9", "mmol/L", "HH", "", true)]
    [InlineData("9.9", "mmol/L", "", "P", true)]
    public async Task A_result_is_critical_by_its_flag_or_by_its_limit_in_the_limits_own_unit(
        string value, string unit, string flag, string status, bool critical)
    {
        var worked = await mediation.CarryAsync(new Oru { Results = [Oru.Result(1, "K^Potassium^L", value, unit, flag, status)] });

        Assert.Equal(critical ? 1 : 0, (await mediation.SignalsAsync("critical-result", worked)).Count);
    }

    [Theory]
    [InlineData("ZZZ|1\rMSH|^~\\&|LAB", 'q')]
    [InlineData("PID|2||MRN10002^^^ST_ELSEWHERE^MR", 'q')]
    [InlineData("SPM|1", 'c')]
    public async Task It_is_raised_whatever_becomes_of_the_message(string trailing, char outcome)
    {
        var worked = await mediation.CarryAsync(Critical with { Trailing = [trailing] });

        Assert.Equal(outcome, worked.Outcome);
        Assert.Single(await mediation.SignalsAsync("critical-result", worked));
    }

    [Fact]
    public async Task It_is_raised_for_a_second_message_in_the_same_frame_with_its_own_order()
    {
        var second = Oru.Result(1, "K^Potassium^L", "8.8", "mmol/L", "HH");
        var worked = await mediation.CarryAsync(Critical with { Trailing = ["MSH|^~\\&|LAB", "OBR|1||F77", second] });

        Assert.Equal('q', worked.Outcome);
        Assert.Equal(2, (await mediation.SignalsAsync("critical-result", worked)).Select(s => s.Key).Distinct().Count());
    }

    [Fact]
    public async Task It_is_raised_for_a_message_with_a_prohibited_field()
    {
        var worked = await mediation.CarryAsync(Critical with { RestOfPid = "||||||900-55-0107" });

        Assert.Equal('q', worked.Outcome);
        Assert.Contains(("contract.field-prohibited", "error", "PID-19"), worked.Findings);
        Assert.Single(await mediation.SignalsAsync("critical-result", worked));
        Assert.Single(await mediation.SignalsAsync("message-quarantined", worked));
    }

    [Fact]
    public async Task It_is_raised_for_an_unknown_patient_and_for_a_contested_one()
    {
        var provisional = await mediation.CarryAsync(Critical.Of("MRN99001"));
        var contested = await mediation.CarryAsync(Critical with { Born = "19990101", Filler = "F2" });

        Assert.Equal(('c', 'w'), (provisional.Outcome, contested.Outcome));
        Assert.Equal([provisional.Id, contested.Id], (await mediation.SignalsAsync("critical-result", provisional, contested)).Select(s => s.Message));
    }

    [Fact]
    public async Task The_same_result_sent_again_has_the_same_key_and_another_value_another()
    {
        var first = await mediation.CarryAsync(Critical);
        var again = await mediation.CarryAsync(Critical with { ControlId = "again" });
        var worse = await mediation.CarryAsync(Critical with { ControlId = "worse", Results = [Oru.Result(1, "K^Potassium^L", "7.7", "mmol/L")] });

        var keys = (await mediation.SignalsAsync("critical-result", first, again, worse)).Select(s => s.Key).ToArray();

        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[0], keys[2]);
    }

    private static Oru Critical { get; } = new() { Results = [Oru.Result(1, "K^Potassium^L", "6.9", "mmol/L", "HH")] };
}
