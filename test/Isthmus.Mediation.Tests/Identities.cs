using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>Whose result it is: known by a trusted identifier, made provisional, or asked of a person; never guessed.</summary>
public sealed class Identities(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private readonly Arranged.Mediation mediation = shared.Worker;

    [Fact]
    public async Task A_known_patient_is_found_by_identifier_and_assigner()
    {
        var patient = new Oru().Of("MRN10003", "Castellanos^Ines^R", "19460729", "F");
        var first = await mediation.CarryAsync(patient);
        var second = await mediation.CarryAsync(patient with { ControlId = "again", Filler = "again", Name = "CASTELLANOS^INES" });

        Assert.NotNull(first.Person);
        Assert.Equal(first.Person, second.Person);
        Assert.Empty(second.Findings);
    }

    [Fact]
    public async Task An_unknown_patient_is_made_once_for_all_messages_of_a_batch_and_after()
    {
        var stranger = new Oru().Of("MRN77001");
        long[] batch = [await mediation.JournalAsync(stranger), await mediation.JournalAsync(stranger with { ControlId = "u2", Filler = "F2" })];
        await mediation.WorkAsync();
        var later = await mediation.CarryAsync(stranger with { ControlId = "u3", Filler = "F3" });

        Worked[] all = [await mediation.OutcomeAsync(batch[0]), await mediation.OutcomeAsync(batch[1]), later];

        Assert.Single(all.Select(m => m.Person).Distinct());
        Assert.All(all, m => Assert.Equal('c', m.Outcome));
        Assert.Single(await mediation.SignalsAsync("unknown-patient", all));
        Assert.Equal(1, await mediation.CountAsync($"identity.person WHERE person = '{later.Person}' AND state = 'p'"));
    }

    [Fact]
    public async Task Identifiers_of_different_persons_wait_for_a_human()
    {
        var worked = await mediation.CarryAsync(new Oru { Identifiers = "MRN10001^^^ST_ELSEWHERE^MR~MRN10002^^^ST_ELSEWHERE^MR" });

        Assert.Equal('w', worked.Outcome);
        Assert.Contains("identity.identifiers-disagree", worked.Rules);
        Assert.Single(await mediation.SignalsAsync("identity-conflict", worked));
        Assert.Empty(await mediation.DeliveriesAsync(worked.Id));
    }

    [Fact]
    public async Task One_message_cannot_claim_the_numbers_of_a_whole_ward()
    {
        var claimed = string.Join('~', Enumerable.Range(88000, 21).Select(i => $"MRN{i}^^^ST_ELSEWHERE^MR"));

        var worked = await mediation.CarryAsync(new Oru { Identifiers = claimed });
        var later = await mediation.CarryAsync(new Oru { ControlId = "own", Filler = "FOWN" }.Of("MRN88007"));

        Assert.Equal('w', worked.Outcome);
        Assert.Contains("identity.too-many-identifiers", worked.Rules);
        Assert.Equal('c', later.Outcome);
        Assert.Contains("identity.patient-unknown", later.Rules);
    }

    [Theory]
    [InlineData("Albrecht^Mira^L", "19990101", "F", 'w', "identity.demographic-conflict")]
    [InlineData("Benoit^Thaddeus", "19580314", "F", 'w', "identity.demographic-conflict")]
    [InlineData("Newname^Mira", "19580314", "F", 'c', "identity.demographics-vary")]
    [InlineData("Albrecht^Mira^L", "19580314", "M", 'c', "identity.demographics-vary")]
    public async Task A_contradiction_waits_and_a_common_variation_is_only_noted(string name, string born, string sex, char outcome, string rule)
    {
        var worked = await mediation.CarryAsync(new Oru { Name = name, Born = born, Sex = sex });

        Assert.Equal(outcome, worked.Outcome);
        Assert.Contains(rule, worked.Rules);
    }

    [Theory]
    [InlineData("\"\"^^^ST_ELSEWHERE^MR")]
    [InlineData("   ^^^ST_ELSEWHERE^MR")]
    [InlineData("MRN10001^^^ELSEWHERE_ELSE^MR")]
    [InlineData("MRN10001^^^ST_ELSEWHERE^SS")]
    public async Task An_identifier_that_is_nobodys_or_not_trusted_finds_nobody(string identifier)
    {
        var worked = await mediation.CarryAsync(new Oru { Identifiers = identifier });

        Assert.Equal('w', worked.Outcome);
        Assert.Contains("identity.no-trusted-identifier", worked.Rules);
        Assert.Null(worked.Person);
    }

    [Fact]
    public async Task A_message_without_an_identifier_is_quarantined_as_the_contract_says()
    {
        var worked = await mediation.CarryAsync(new Oru { Identifiers = "" });

        Assert.Equal('q', worked.Outcome);
        Assert.Contains(("contract.field-missing", "error", "PID-3"), worked.Findings);
    }

    [Fact]
    public async Task The_same_filler_number_of_two_patients_is_two_results()
    {
        var one = await mediation.CarryAsync(new Oru { Filler = "SHARED" });
        var other = await mediation.CarryAsync(new Oru { Filler = "SHARED" }.Of("MRN10002", "Benoit^Thaddeus", "19711102"));

        Assert.NotEqual(one.Person, other.Person);
        Assert.Equal(0, await mediation.CountAsync(
            $"phi.resource a JOIN phi.resource b USING (id, type) WHERE a.person = '{one.Person}' AND b.person = '{other.Person}'"
            + $" AND a.type IN ({Records.ResourceTypes.NumberOf("Observation")}, {Records.ResourceTypes.NumberOf("DiagnosticReport")}, {Records.ResourceTypes.NumberOf("ServiceRequest")})"));
    }
}
