using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Commit;
using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>Two numbers become one patient by their assigner's word, with evidence; never silently, and never where they contradict.</summary>
public sealed class Merges(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private readonly Arranged.Mediation mediation = shared.Worker;

    [Fact]
    public async Task Two_persons_become_one_and_both_histories_stay()
    {
        var patient = new Adt("A28").Of("MRN85001", "Sorel^Ada", "19620401", "F");
        var gone = await mediation.CarryAsync(new Oru().Of("MRN85002", "Sorel^Ada", "19620401", "F"));
        var survivor = await mediation.CarryAsync(patient);
        var merge = await mediation.CarryAsync(patient with { Event = "A40", ControlId = "85001m", Prior = "MRN85002^^^ST_ELSEWHERE^MR", Sent = "20261116092000" });
        var later = await mediation.CarryAsync(new Oru { ControlId = "85002b", Filler = "85002b" }.Of("MRN85002", "Sorel^Ada", "19620401", "F"));

        Assert.NotEqual(gone.Person, survivor.Person);
        Assert.Equal(('c', survivor.Person), (merge.Outcome, merge.Person));
        Assert.Equal(survivor.Person, later.Person);
        Assert.Equal(1, await mediation.CountAsync($"identity.person WHERE person = '{gone.Person}' AND state = 'm' AND merged_into = '{survivor.Person}'"));
        Assert.Equal(1, await mediation.CountAsync($"identity.merge WHERE gone = '{gone.Person}' AND survivor = '{survivor.Person}' AND message_id = {merge.Id} AND cardinality(identifiers) = 1"));
        Assert.Contains("person.merged", await mediation.LedgerKindsAsync(merge.Id));
        Assert.True(await mediation.CountAsync($"phi.resource WHERE person = '{gone.Person}'") > 0);

        var told = await mediation.PayloadTextAsync(merge.Id, "ehr");
        Assert.Contains($"\"id\":\"{gone.Person}\"", told, StringComparison.Ordinal);
        Assert.Contains("\"active\":false", told, StringComparison.Ordinal);
        Assert.Contains("replaced-by", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_agreed_to_or_refused_holds_for_both_numbers()
    {
        var survivor = new Adt("A28").Of("MRN85003", "Albrecht^Mira^L", "19580314", "F");
        await using var own = await Arranged.Mediation.StartAsync();
        await own.CarryAsync(survivor);
        var merge = await own.CarryAsync(survivor with { Event = "A40", ControlId = "m", Prior = "MRN10001^^^ST_ELSEWHERE^MR" });
        var result = await own.CarryAsync(new Oru().Of("MRN85003", "Albrecht^Mira^L", "19580314", "F"));

        Assert.Equal('c', merge.Outcome);
        var toRegistry = (await own.DeliveriesAsync(result.Id)).Single(d => d.Destination == "registry");
        Assert.Equal(('p', "consent.permit-on-file"), (toRegistry.State, toRegistry.Reason));
    }

    [Theory]
    [InlineData("MRN85004^^^ST_ELSEWHERE^MR", "", 'c')]
    [InlineData("MRN10002^^^ST_ELSEWHERE^MR", "identity.merge-doubtful", 'w')]
    [InlineData("77^^^SOMEONE_ELSE^PI", "identity.merge-without-prior", 'w')]
    [InlineData("MRN10002^^^ST_ELSEWHERE^MR~MRN10003^^^ST_ELSEWHERE^MR", "identity.identifiers-disagree", 'w')]
    [InlineData("MRN10005^^^ST_ELSEWHERE^MR", "identity.merge-known", 'c')]
    public async Task Only_what_is_plain_is_merged(string prior, string rule, char outcome)
    {
        await using var own = await Arranged.Mediation.StartAsync();
        var worked = await own.CarryAsync(new Adt("A40") { Prior = prior }.Of("MRN10005", "Eklund^Signe^M", "19900905", "F"));

        Assert.Equal(outcome, worked.Outcome);
        Assert.Equal(rule.Length > 0, worked.Rules.Contains(rule));
        Assert.Equal(0, await own.CountAsync("identity.merge"));
        Assert.Equal(outcome == 'w' ? 1 : 0, (await own.SignalsAsync("identity-conflict", worked)).Count);
    }

    [Theory]
    [InlineData("A18")]
    [InlineData("A30")]
    [InlineData("A34")]
    [InlineData("A36")]
    [InlineData("A39")]
    [InlineData("A46")]
    [InlineData("A47")]
    [InlineData("A48")]
    public async Task Every_form_of_a_merge_is_decided_as_one(string trigger)
    {
        await using var own = await Arranged.Mediation.StartAsync();
        var worked = await own.CarryAsync(new Adt(trigger) { Prior = "MRN10002^^^ST_ELSEWHERE^MR" }.Of("MRN10005", "Eklund^Signe^M", "19900905", "F"));

        Assert.Equal('w', worked.Outcome);
        Assert.Contains("identity.merge-doubtful", worked.Rules);
    }

    [Fact]
    public async Task A_message_that_merges_two_patients_into_a_third_is_quarantined()
    {
        var worked = await mediation.CarryAsync(new Adt("A40") { Prior = "MRN85004^^^ST_ELSEWHERE^MR", Trailing = ["MRG|MRN85008^^^ST_ELSEWHERE^MR"] });

        Assert.Equal('q', worked.Outcome);
        Assert.Contains(("message.several-merged", "error", "MRG[2]"), worked.Findings);
    }

    [Fact]
    public async Task A_number_nobody_knows_is_linked_and_no_patient_is_invented_for_it()
    {
        var worked = await mediation.CarryAsync(new Adt("A40") { Prior = "MRN85005^^^ST_ELSEWHERE^MR" }.Of("MRN10009", "Ibarra^Luz", "", "u"));
        var later = await mediation.CarryAsync(new Oru().Of("MRN85005", "Ibarra^Luz", "", "u"));

        Assert.Equal(worked.Person, later.Person);
        var told = await mediation.PayloadTextAsync(worked.Id, "ehr");
        Assert.DoesNotContain("\"link\"", told, StringComparison.Ordinal);
        Assert.Equal(1, told.Split("\"resourceType\":\"Patient\"").Length - 1);
    }

    [Fact]
    public async Task A_source_that_does_not_assign_the_numbers_is_not_believed()
    {
        await using var own = await Arranged.Mediation.StartAsync();
        own.Site.Swap("review", c => c with { Identity = c.Identity with { Merges = MergeTrust.Review } });
        var worked = await own.CarryAsync(new Adt("A40") { Prior = "MRN85006^^^ST_ELSEWHERE^MR" });

        Assert.Equal('w', worked.Outcome);
        Assert.Contains("identity.merge-to-review", worked.Rules);
    }

    [Fact]
    public async Task A_merge_waits_behind_what_stopped_under_the_number_that_goes()
    {
        await using var own = await Arranged.Mediation.StartAsync();
        var known = await own.CarryAsync(new Oru().Of("MRN85007", "Sorel^Ada", "19620401", "F"));
        var survivor = new Adt("A28").Of("MRN85008", "Sorel^Ada", "19620401", "F");
        await own.CarryAsync(survivor);
        await own.Store.ExecuteAsOwnerAsync(
            $"INSERT INTO mediation.stopped (message_id, order_key, person, until, tenant, behind) VALUES ({known.Id}, 1, '{known.Person}', now() + interval '1 hour', 1, false)");
        var merge = await own.CarryAsync(survivor with { Event = "A40", ControlId = "m", Prior = "MRN85007^^^ST_ELSEWHERE^MR" });

        Assert.Equal('w', merge.Outcome);
        Assert.Contains("order.held-behind-earlier", merge.Rules);
        Assert.Equal(0, await own.CountAsync("identity.merge"));
    }

    [Fact]
    public async Task What_was_identified_before_a_merge_and_comes_after_it_is_worked_again()
    {
        await using var own = await Arranged.Mediation.StartAsync();
        var gone = await own.CarryAsync(new Oru().Of("MRN85009", "Sorel^Ada", "19620401", "F"));
        var survivor = await own.CarryAsync(new Adt("A28").Of("MRN85010", "Sorel^Ada", "19620401", "F"));
        await own.Store.ExecuteAsOwnerAsync($"UPDATE identity.person SET merged_into = '{survivor.Person}' WHERE person = '{gone.Person}'");

        await Assert.ThrowsAsync<WorkAgainException>(() => own.CarryAsync(new Oru { ControlId = "x", Filler = "x" }.Of("MRN85009", "Sorel^Ada", "19620401", "F")));
    }
}
