using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>What is missing costs what is missing: the rest goes on, marked, and a person is asked once.</summary>
public sealed class Completeness(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private const string Mark = "\"soft-complete\"";

    private readonly Arranged.Mediation mediation = shared.Worker;

    [Theory]
    [InlineData("")]
    [InlineData("19801399")]
    public async Task A_critical_gap_asks_a_person_and_holds_nothing_up(string born)
    {
        var mrn = $"MRN84{born.Length}01";
        var worked = await mediation.CarryAsync(new Adt("A01") { Visit = mrn }.Of(mrn, "Quist^Hana", born, "F"));

        Assert.Equal('c', worked.Outcome);
        Assert.Contains(("completeness.gap", "warning", "PID-7"), worked.Findings);
        Assert.Contains(Mark, await mediation.PayloadTextAsync(worked.Id, "ehr"), StringComparison.Ordinal);
        var asked = Assert.Single(await mediation.SignalsAsync("incomplete-message", worked));
        Assert.Equal("PID-7", asked.Subject);
        Assert.Equal("4W", asked.Location);
        Assert.Contains("birth date", JsonDocument.Parse(asked.Detail).RootElement.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Quist", asked.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_is_asked_for_once_and_closed_by_the_message_that_fills_it()
    {
        var patient = new Adt("A01") { Visit = "V84002" }.Of("MRN84002", "Rask^Ivo", "", "M");
        var first = await mediation.CarryAsync(patient);
        var again = await mediation.CarryAsync(patient with { ControlId = "84002b", Event = "A04", Sent = "20261116091100" });
        var filling = await mediation.CarryAsync(patient with { ControlId = "84002c", Event = "A08", Sent = "20261116091200", Born = "19550505" });

        Assert.Empty(await mediation.SignalsAsync("incomplete-message", again));
        Assert.Contains(Mark, await mediation.PayloadTextAsync(again.Id, "ehr"), StringComparison.Ordinal);
        Assert.Contains("completeness.filled", filling.Rules);
        Assert.DoesNotContain(Mark, await mediation.PayloadTextAsync(filling.Id, "ehr"), StringComparison.Ordinal);
        Assert.Equal(0, await mediation.CountAsync($"mediation.gap WHERE person = '{first.Person}'"));
        var keys = await mediation.ReadAsync(
            $"SELECT kind, key FROM exchange.signal WHERE message_id = {first.Id} ORDER BY id", r => (r.GetString(0), r.GetString(1)));
        Assert.Equal([("incomplete-message", $"incomplete/{first.Id}"), ("message-completed", $"incomplete/{first.Id}")], keys);
    }

    [Fact]
    public async Task Two_incomplete_messages_of_one_batch_ask_once()
    {
        var patient = new Adt("A01") { Visit = "V84003" }.Of("MRN84003", "Sund^Elin", "", "F");
        long[] batch = [await mediation.JournalAsync(patient), await mediation.JournalAsync(patient with { ControlId = "84003b", Sent = "20261116091100" })];
        await mediation.WorkAsync();

        Assert.Single(await mediation.SignalsAsync("incomplete-message", await mediation.OutcomeAsync(batch[0]), await mediation.OutcomeAsync(batch[1])));
    }

    [Fact]
    public async Task What_a_laboratory_repeats_does_not_fill_what_registration_lacks()
    {
        var registered = await mediation.CarryAsync(new Adt("A28").Of("MRN84004", "Thun^Per", "", "M"));
        var result = await mediation.CarryAsync(new Oru().Of("MRN84004", "Thun^Per", "19600101"));

        Assert.Equal('c', result.Outcome);
        Assert.Equal(1, await mediation.CountAsync($"mediation.gap WHERE person = '{registered.Person}' AND field = 'PID-7'"));
    }

    [Theory]
    [InlineData("hl7.date-time.range-invalid", "PID-7", FindingAction.Hold, 'w')]
    [InlineData("hl7.*", "", FindingAction.Quarantine, 'q')]
    [InlineData("hl7.*", "PV1", FindingAction.Quarantine, 'c')]
    [InlineData("hl7.date-time.range-invalid", "PID-7", FindingAction.Note, 'c')]
    public async Task The_contract_says_what_a_finding_costs(string rule, string at, FindingAction then, char outcome)
    {
        await using var strict = await Arranged.Mediation.StartAsync();
        strict.Site.Swap("strict", contract => contract with { Completeness = new CompletenessTerms([], [new FindingRule(rule, at, then)]) });

        var worked = await strict.CarryAsync(new Adt("A08").Of("MRN84005", "Unger^Lia", "19801399", "F"));

        Assert.Equal(outcome, worked.Outcome);
        Assert.Equal(then == FindingAction.Hold, (await strict.SignalsAsync("incomplete-message", worked)).Count > 0);
    }

    [Theory]
    [InlineData("Encounter.class", "Encounter[2].class.code", true)]
    [InlineData("Observation.value", "Observation[1].valueQuantity.unit", true)]
    [InlineData("Observation.value", "Observation[1].values", false)]
    [InlineData("PID-1", "PID[1]-13", false)]
    [InlineData("PID-13", "PID[1]-13[2].1", true)]
    public void A_place_stands_for_all_below_it_and_all_its_repetitions(string at, string location, bool fits) =>
        Assert.Equal(fits, new FindingRule("a.*", at, FindingAction.Hold).Fits(new Exchange.Finding("a.b", Exchange.Severity.Error, location, "x")));
}
