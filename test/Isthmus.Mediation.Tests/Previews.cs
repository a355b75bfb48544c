using Isthmus.Mediation.Preview;
using Isthmus.Mediation.Tests.Arranged;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;

namespace Isthmus.Mediation.Tests;

/// <summary>A changed site is tried on past messages without an effect, and who opens them is in the ledger.</summary>
public sealed class Previews
{
    [Fact]
    public async Task A_message_is_opened_with_a_reason_in_the_ledger_and_nothing_else_changes()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        var worked = await mediation.CarryAsync(new Oru());
        var rows = await mediation.CountAsync("phi.resource");

        var opened = Assert.Single(await OpenAsync(mediation, new PastChoice([worked.Id], null, 0)));
        var previewed = SitePreview.Of(mediation.Site.Current)!.Try(opened);

        Assert.Null(previewed.Stopped);
        Assert.Contains(previewed.Elements, e => e.Path == "Patient.birthDate" && e.Value == "1958-03-14" && e.Map == "PID-Patient");
        Assert.Equal("why not", Assert.Single(await mediation.LedgerDetailsAsync(worked.Id, "message.read")).GetProperty("reason").GetString());
        Assert.Equal(rows, await mediation.CountAsync("phi.resource"));
    }

    [Fact]
    public async Task The_newest_of_a_source_are_taken_and_told_oldest_first()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        var first = await mediation.CarryAsync(new Oru());
        var second = await mediation.CarryAsync(new Oru());
        await mediation.CarryAsync(new Adt("A08"));

        var opened = await OpenAsync(mediation, new PastChoice([], "lab", 2));

        Assert.Equal([first.Id, second.Id], opened.Select(m => m.Id));
    }

    [Fact]
    public async Task A_site_that_would_stop_a_message_says_by_which_rule()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        var worked = await mediation.CarryAsync(new Oru());
        var opened = Assert.Single(await OpenAsync(mediation, new PastChoice([worked.Id], null, 0)));
        mediation.Site.SwapWithoutContracts("without");

        Assert.Equal("contract.gone", SitePreview.Of(mediation.Site.Current)!.Try(opened).Stopped);
    }

    [Fact]
    public async Task What_the_contract_holds_back_is_told_once_since_no_map_gets_to_see_it()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        var worked = await mediation.CarryAsync(new Oru { Trailing = ["ZZ1|1|what no contract lists", "ZZ1|2|another"] });
        var opened = Assert.Single(await OpenAsync(mediation, new PastChoice([worked.Id], null, 0)));

        Assert.Equal(["ZZ1"], SitePreview.Of(mediation.Site.Current)!.Try(opened).Held);
    }

    private static async Task<IReadOnlyList<PastMessage>> OpenAsync(Arranged.Mediation mediation, PastChoice choice)
    {
        var source = mediation.Store.For(ZoneRole.Mediation);
        using var opener = new Opener(source, mediation.Keys, SealedTo.Mediation);
        return await new PastMessages(source, opener).OpenAsync(choice, "Petra", "why not", CancellationToken.None);
    }
}
