using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>Which version of a result is current never depends on the order in which the messages arrive.</summary>
public sealed class Corrections(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private static readonly (string Status, string Value, string Reported)[] Versions =
        [("P", "4.9", "20261116080000"), ("F", "5.2", "20261116090000"), ("F", "5.3", "20261116093000"), ("C", "4.2", "20261116100000")];

    private readonly Arranged.Mediation mediation = shared.Worker;

    public static TheoryData<string, bool> Orders()
    {
        var orders = new TheoryData<string, bool>();
        foreach (var order in Permutations("0123"))
        {
            orders.Add(order, order[0] is '0' or '3');
        }

        return orders;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Any_order_of_arrival_leaves_the_correction_current_and_delivers_nothing_late(string order, bool inOneBatch)
    {
        var filler = "ORDER" + order;
        var ids = new List<long>();
        foreach (var version in order)
        {
            ids.Add(await mediation.JournalAsync(Of(filler, Versions[version - '0'])));
            if (!inOneBatch)
            {
                await mediation.WorkAsync();
            }
        }

        await mediation.WorkAsync();

        var newest = -1;
        foreach (var (version, id) in order.Select(v => v - '0').Zip(ids))
        {
            var worked = await mediation.OutcomeAsync(id);
            var late = version < newest;
            newest = Math.Max(version, newest);
            Assert.Equal(late ? 'r' : 'c', worked.Outcome);
            Assert.Equal(late, worked.Rules.Contains("result.stale"));
            Assert.Equal(late ? 0 : 2, (await mediation.DeliveriesAsync(id)).Count);
        }

        Assert.Contains("4.2", await CurrentValueAsync(ids), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_which_a_part_is_late_delivers_what_is_not()
    {
        var corrected = await mediation.CarryAsync(Of("PARTLY", Versions[3]));
        var late = await mediation.CarryAsync(Of("PARTLY", Versions[1]) with
        {
            Status = "C",
            Reported = "20261116110000",
            Results = [Oru.Result(1, "K^Potassium^L", "5.2", "mmol/L", status: "F"), Oru.Result(2, "NA^Sodium^L", "139", "mmol/L")],
        });

        Assert.Equal(('c', 'c'), (corrected.Outcome, late.Outcome));
        Assert.Contains("result.stale", late.Rules);
        Assert.Contains("result.stale", await mediation.LedgerKindsAsync(late.Id));
        var payload = await mediation.PayloadTextAsync(late.Id, "ehr");
        Assert.Contains("2951-2", payload, StringComparison.Ordinal);
        Assert.Contains("\"value\":139", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("2823-3", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("\"value\":5.2", payload, StringComparison.Ordinal);
    }

    private static Oru Of(string filler, (string Status, string Value, string Reported) version) => new()
    {
        Filler = filler,
        Status = version.Status,
        Sent = version.Reported,
        Reported = version.Reported,
        Results = [Oru.Result(1, "K^Potassium^L", version.Value, "mmol/L", status: version.Status)],
    };

    /// <summary>The current version of the observation that these messages are about.</summary>
    private async Task<string> CurrentValueAsync(List<long> messages)
    {
        var message = Assert.Single(await mediation.ReadAsync(
            $"""
            SELECT DISTINCT ON (r.id) p.message_id FROM phi.resource r JOIN phi.pack p ON p.id = r.pack
            WHERE NOT r.stale AND r.type = {Records.ResourceTypes.NumberOf("Observation")} AND r.id IN
                (SELECT o.id FROM phi.resource o JOIN phi.pack m ON m.id = o.pack WHERE m.message_id IN ({string.Join(',', messages)}) AND o.type = r.type)
            ORDER BY r.id, r.version DESC
            """, r => r.GetInt64(0)));
        return await mediation.RecordsTextAsync(message);
    }

    private static IEnumerable<string> Permutations(string of) =>
        of.Length == 1 ? [of] : of.SelectMany(first => Permutations(of.Replace(first.ToString(), "", StringComparison.Ordinal)).Select(rest => first + rest));
}
