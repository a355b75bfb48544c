using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>What the registration says of patients: it makes them known, and its word replaces what others repeat.</summary>
public sealed class Admissions(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private readonly Arranged.Mediation mediation = shared.Worker;

    [Fact]
    public async Task An_admission_registers_the_patient_and_brings_stay_allergy_and_diagnosis_to_the_EHR()
    {
        var admitted = await mediation.CarryAsync(new Adt("A01")
        {
            Visit = "V82001",
            Trailing = ["AL1|1|DA^Drug allergy^HL70127|PCN^Penicillin^L|SV", "DG1|1||N18.3^Chronic kidney disease^I10||20261116|A"],
        }.Of("MRN82001"));

        Assert.Equal('c', admitted.Outcome);
        Assert.Equal(1, await mediation.CountAsync($"identity.person WHERE person = '{admitted.Person}' AND state = 'r'"));
        var payload = await mediation.PayloadTextAsync(admitted.Id, "ehr");
        Assert.All(
            (string[])["Patient", "Encounter", "AllergyIntolerance", "Condition"],
            type => Assert.Contains($"\"resourceType\":\"{type}\"", payload, StringComparison.Ordinal));
        Assert.Contains("demographics.committed", await mediation.LedgerKindsAsync(admitted.Id));
        Assert.Empty(await mediation.SignalsAsync("unknown-patient", admitted));
    }

    [Fact]
    public async Task Of_a_stay_the_registry_gets_the_bare_event_of_who_agreed()
    {
        var admitted = await mediation.CarryAsync(new Adt("A01") { Visit = "V82002" });

        var event_ = await mediation.PayloadTextAsync(admitted.Id, "registry");
        Assert.Contains("\"Encounter\"", event_, StringComparison.Ordinal);
        Assert.Contains("\"2026-11-16\"", event_, StringComparison.Ordinal);
        Assert.All(
            (string[])["Albrecht", "MRN10001", "V82002", "412", "Varga", "1958-03-14", "09:10"],
            told => Assert.DoesNotContain(told, event_, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provisional_patient_becomes_a_registered_one_under_the_name_that_registration_gives()
    {
        var result = await mediation.CarryAsync(new Oru().Of("MRN82003", "Lindgren^Oscar"));
        var registered = await mediation.CarryAsync(new Adt("A28").Of("MRN82003", "Lindgren^Oskar"));
        var later = await mediation.CarryAsync(new Oru { ControlId = "82003b", Filler = "82003b" }.Of("MRN82003", "Lindgren^Oskar"));

        Assert.Equal(result.Person, registered.Person);
        Assert.Equal(1, await mediation.CountAsync($"identity.person WHERE person = '{registered.Person}' AND state = 'r'"));
        Assert.Contains("person.restated", await mediation.LedgerKindsAsync(registered.Id));
        Assert.Empty(later.Findings);
    }

    [Fact]
    public async Task What_the_laboratory_repeats_never_replaces_what_registration_said()
    {
        var registered = await mediation.CarryAsync(new Adt("A08") { Sent = "20261116090000" }.Of("MRN82004", "Adeyemi^Ruth", "19800102", "F"));
        var result = await mediation.CarryAsync(new Oru { Sent = "20261116100000" }.Of("MRN82004", "Adeyemi-Old^Ruth", "19800102", "F"));

        Assert.Equal(('c', 'c'), (registered.Outcome, result.Outcome));
        var payload = await mediation.PayloadTextAsync(result.Id, "ehr");
        Assert.DoesNotContain("\"resourceType\":\"Patient\"", payload, StringComparison.Ordinal);
        Assert.Contains("\"resourceType\":\"Observation\"", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_update_is_kept_and_replaces_nothing()
    {
        var patient = new Adt("A08").Of("MRN82005", "Okafor^Ngozi", "19910707", "F");
        await mediation.CarryAsync(patient with { Sent = "20261116120000", Name = "Okafor-Hale^Ngozi" });
        var late = await mediation.CarryAsync(patient with { ControlId = "82005late", Sent = "20261116110000" });
        var result = await mediation.CarryAsync(new Oru().Of("MRN82005", "Okafor-Hale^Ngozi", "19910707", "F"));

        Assert.Contains("demographics.stale", late.Rules);
        Assert.DoesNotContain("\"resourceType\":\"Patient\"", await mediation.PayloadTextAsync(late.Id, "ehr"), StringComparison.Ordinal);
        Assert.Empty(result.Findings);
    }

    [Fact]
    public async Task An_update_waits_behind_a_stopped_admission_and_a_result_passes_it()
    {
        var patient = new Adt("A01") { Visit = "V82006" }.Of("MRN82006");
        var stopped = await mediation.CarryAsync(patient with { RestOfPid = "||||||900-12-3456" });
        var update = await mediation.CarryAsync(patient with { Event = "A08", ControlId = "82006b" });

        Assert.Equal('q', stopped.Outcome);
        Assert.Equal('w', update.Outcome);
        Assert.Contains("order.held-behind-earlier", update.Rules);
        Assert.Empty(await mediation.DeliveriesAsync(update.Id));

        var result = await mediation.CarryAsync(new Oru().Of("MRN82006"));
        Assert.Equal('c', result.Outcome);
        Assert.Contains("order.earlier-message-pending", result.Rules);
    }

    [Fact]
    public async Task A_field_that_nobody_has_confirmed_is_held()
    {
        await using var own = await Arranged.Mediation.StartAsync();
        own.Site.Swap("draft", contract => contract with
        {
            Fields = new FieldRules(contract.Fields.Terms.Select(t => t.Source == new FieldLocation("PID", 11) ? t with { Rule = FieldRule.Unconfirmed } : t)),
        });
        var worked = await own.CarryAsync(new Adt("A08"));

        Assert.Equal('c', worked.Outcome);
        Assert.Contains(("contract.field-unconfirmed", "warning", "PID-11"), worked.Findings);
        Assert.DoesNotContain("Harbor", await own.PayloadTextAsync(worked.Id, "ehr"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_segment_of_which_all_is_held_but_its_number_makes_no_empty_statement(bool numbered)
    {
        await using var own = await Arranged.Mediation.StartAsync();
        own.Site.Swap("draft", contract => contract with
        {
            Fields = new FieldRules(contract.Fields.Terms.Select(t =>
                t.Source is { Segment: "DG1" or "NK1", Field: var field } && !(numbered && field == 1) ? t with { Rule = FieldRule.Unconfirmed } : t)),
        });
        var worked = await own.CarryAsync(new Adt("A08") { Trailing = ["NK1|1|Albrecht^Otto|SPO", "DG1|1||I10^Essential hypertension^I10|||A"] });

        var told = await own.PayloadTextAsync(worked.Id, "ehr");
        Assert.Equal('c', worked.Outcome);
        Assert.Contains("\"resourceType\":\"Encounter\"", told, StringComparison.Ordinal);
        Assert.DoesNotContain("\"resourceType\":\"Condition\"", told, StringComparison.Ordinal);
        Assert.DoesNotContain("\"resourceType\":\"RelatedPerson\"", told, StringComparison.Ordinal);
    }
}
