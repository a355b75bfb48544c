using System.Text;
using Isthmus.Exchange.Deliveries;
using Isthmus.Mediation.Tests.Arranged;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;

namespace Isthmus.Mediation.Tests;

/// <summary>What senders in enhanced mode are owed, in the transaction of the effect.</summary>
public sealed class ApplicationAnswers : IAsyncLifetime
{
    private Arranged.Mediation mediation = null!;

    public async Task InitializeAsync()
    {
        mediation = await Arranged.Mediation.StartAsync();
        mediation.Site.Swap("with-a-way-back", contract => contract with
        {
            Source = contract.Source with { ApplicationAcknowledgement = "lab-return" },
        });
    }

    public async Task DisposeAsync() => await mediation.DisposeAsync();

    [Theory]
    [InlineData("AL", "a")]
    [InlineData("ER", "e")]
    [InlineData("SU", "s")]
    public async Task A_committed_message_is_owed_what_MSH_16_asks_for(string asked, string wanted)
    {
        var message = new Oru();
        var worked = await mediation.CarryAsync(Asking(message.ToString(), asked));

        Assert.Equal('c', worked.Outcome);
        Assert.Equal((worked.Id, wanted, null, "lab-return", null), Assert.Single(await OwedAsync()));
        var header = await HeaderAsync(worked.Id);
        Assert.StartsWith("MSH|", header, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', header);
        Assert.Contains($"|{message.ControlId}|", header, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NE")]
    [InlineData("")]
    public async Task A_sender_that_asks_for_none_is_owed_none(string asked)
    {
        await mediation.CarryAsync(Asking(new Oru().ToString(), asked));

        Assert.Empty(await OwedAsync());
    }

    [Fact]
    public async Task A_quarantined_message_is_owed_its_finding()
    {
        var damaged = new Oru { Results = ["OBX|1|NM||||||||F"] };
        var worked = await mediation.CarryAsync(Asking(damaged.ToString(), "AL"));

        Assert.Equal('q', worked.Outcome);
        var (id, _, code, _, rule) = Assert.Single(await OwedAsync());
        Assert.Equal((worked.Id, "e"), (id, code));
        Assert.Contains(rule!, worked.Rules);
    }

    [Fact]
    public async Task A_contract_without_a_way_back_owes_none()
    {
        mediation.Site.Swap("without", contract => contract with { Source = contract.Source with { ApplicationAcknowledgement = null } });

        await mediation.CarryAsync(Asking(new Oru().ToString(), "AL"));

        Assert.Empty(await OwedAsync());
    }

    private static byte[] Asking(string message, string asked)
    {
        var header = message[..message.IndexOf('\r')].Split('|').ToList();
        while (header.Count < 16)
        {
            header.Add("");
        }

        (header[14], header[15]) = ("AL", asked);
        return Encoding.UTF8.GetBytes(string.Join('|', header) + message[message.IndexOf('\r')..]);
    }

    private Task<List<(long Id, string Wanted, string? Code, string Destination, string? Rule)>> OwedAsync() => mediation.ReadAsync(
        "SELECT message_id, wanted::text, code::text, destination, rule FROM exchange.application_answer ORDER BY message_id",
        row => (row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4)));

    private async Task<string> HeaderAsync(long message)
    {
        var (key, nonce, sealedHeader) = Assert.Single(await mediation.ReadAsync(
            $"SELECT seal_key, seal_nonce, header FROM exchange.application_answer WHERE message_id = {message}",
            row => (row.GetInt32(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2))));
        using var outbound = new Opener(mediation.Store.For(ZoneRole.Outbound), mediation.Keys, SealedTo.Outbound);
        var session = await outbound.SessionAsync(key, CancellationToken.None);
        return Encoding.UTF8.GetString(session.Open(sealedHeader, ApplicationAnswerSeal.Bound(message, "lab-return"), nonce));
    }
}
