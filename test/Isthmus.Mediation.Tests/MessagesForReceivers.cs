using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>A destination over MLLP gets an HL7 v2 message, written from what the contract lets go there.</summary>
public sealed class MessagesForReceivers : IAsyncLifetime
{
    private Arranged.Mediation mediation = null!;

    public async Task InitializeAsync()
    {
        mediation = await Arranged.Mediation.StartAsync();
        var ehr = mediation.Site.Current.Destinations["ehr"];
        mediation.Site.SwapSite("with-a-ward", site => site with
        {
            Destinations = new Dictionary<string, DestinationSettings>(site.Destinations)
            {
                ["ward"] = ehr with
                {
                    Name = "ward",
                    Kind = ConnectorKind.Mllp,
                    BaseUrl = new Uri("mllp://127.0.0.1:2576"),
                    Authentication = DestinationAuthentication.Network,
                    Mllp = new MllpTerms(MllpAcknowledgement.Original, true, null)
                    {
                        Sender = new Sender("ISTHMUS", "HUB"),
                        Receiver = new Sender("WARD", "EAST"),
                    },
                },
            },
            Contracts = [.. site.Contracts.Select(contract => contract with
            {
                Destinations = [.. contract.Destinations, .. contract.Destination("ehr") is { } terms ? [terms with { Name = "ward" }] : Array.Empty<DestinationTerms>()],
            })],
        });
    }

    public async Task DisposeAsync() => await mediation.DisposeAsync();

    [Fact]
    public async Task A_result_goes_to_a_ward_as_a_message_with_the_resources_it_was_made_of()
    {
        var message = new Oru();
        var worked = await mediation.CarryAsync(message);

        Assert.Equal('c', worked.Outcome);
        var delivery = Assert.Single(await mediation.DeliveriesAsync(worked.Id), d => d.Destination == "ward");
        var payload = await mediation.PayloadAsync(delivery);
        var written = Encoding.UTF8.GetString(Assert.Single(payload, document => document.Type == DeliverySeal.MessageType).Json.Span);
        Assert.StartsWith("MSH|^~\\&|ISTHMUS|HUB|WARD|EAST|", written, StringComparison.Ordinal);
        Assert.Contains("|ORU^R01", written, StringComparison.Ordinal);
        Assert.Contains("MRN10001", written, StringComparison.Ordinal);
        Assert.Contains(message.Filler, written, StringComparison.Ordinal);
        Assert.Contains("|4.1|", written, StringComparison.Ordinal);
        Assert.Contains(payload, document => document.Type == "Observation");
    }
}
