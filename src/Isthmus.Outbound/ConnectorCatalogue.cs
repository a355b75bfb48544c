using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Connectors.FhirRest;
using Isthmus.Outbound.Connectors.Mllp;
using Isthmus.Outbound.Connectors.OAuth;
using Isthmus.Outbound.Connectors.Webhook;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound;

/// <summary>Every connector there is, by the kind that a site names.</summary>
internal static class ConnectorCatalogue
{
    public static Connector Open(DestinationSettings destination, KeySource keys, OutboundMeter meter, TokenWatch tokenWatch, TimeProvider time) =>
        destination.Kind switch
        {
            ConnectorKind.FhirRest => new FhirRestConnector(destination, keys, meter, tokenWatch, time),
            ConnectorKind.Webhook => new WebhookConnector(destination, keys, time),
            ConnectorKind.Mllp => new MllpConnector(destination, keys, time),
            _ => throw new ArgumentOutOfRangeException(nameof(destination)),
        };
}
