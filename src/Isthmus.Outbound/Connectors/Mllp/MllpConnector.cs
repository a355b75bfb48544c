using System.Buffers;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Hl7v2;
using Isthmus.Outbound.Resilience;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Connectors.Mllp;

/// <summary>
/// A receiver of HL7 v2 over MLLP: the payload's one message, with our control id in MSH-10 and the acknowledgements we wait for in
/// MSH-15 and MSH-16.
/// </summary>
internal sealed class MllpConnector(DestinationSettings destination, KeySource keys, TimeProvider time) : Connector
{
    private readonly MllpLines lines = new(destination, keys, time);
    private readonly MllpTerms terms = destination.Mllp ?? new MllpTerms(MllpAcknowledgement.Original, RecognisesRepeats: false, Authorities: null);

    public string Name => "mllp";

    public bool RepeatsAreSafe => terms.RecognisesRepeats;

    public Task<DeliveryResult> SendAsync(DeliveryPayload payload, CancellationToken cancellation)
    {
        var messages = payload.Documents.Where(document => document.Type == DeliverySeal.MessageType).ToArray();
        var controlId = OutgoingControlId.Of(payload.Key);
        var stamped = new ArrayBufferWriter<byte>(4096);
        return messages is [var message] && !MllpFrame.IsBrokenBy(message.Json.Span) && HeaderStamp.Write(stamped, message.Json.Span, Stamp(controlId))
            ? lines.ExchangeAsync(stamped.WrittenMemory, controlId, terms.Acknowledgement, cancellation)
            : Task.FromResult(DeliveryResult.Failed(FailureClass.BusinessRule));
    }

    public void Dispose() => lines.Dispose();

    /// <summary>Both empty is the original mode (HL7 v2.5.1 §2.9.2).</summary>
    private HeaderValue[] Stamp(string controlId) =>
    [
        new(10, controlId),
        new(15, terms.Acknowledgement == MllpAcknowledgement.Original ? string.Empty : "AL"),
        new(16, terms.Acknowledgement switch
        {
            MllpAcknowledgement.Original => string.Empty,
            MllpAcknowledgement.Commit => "NE",
            _ => "AL",
        }),
    ];
}
