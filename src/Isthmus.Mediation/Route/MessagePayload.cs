using System.Buffers;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Exchange.Packs;
using Isthmus.Exchange.Phi;
using Isthmus.Mapping.Reverse;
using Isthmus.Mediation.Path;
using Isthmus.Records;
using Isthmus.Trust.Keys;

namespace Isthmus.Mediation.Route;

/// <summary>
/// The payload of an MLLP destination: the HL7 v2 message that the reverse maps write, and beside it the resources it was made of,
/// over which consent is decided again before it leaves.
/// </summary>
internal static class MessagePayload
{
    /// <returns>Null where no message can be written of the resources: a finding says so, and a person is asked.</returns>
    public static PhiBytes? Write(Trail trail, DestinationSettings receiver, IReadOnlyList<ResourceDraft> resources, DateTimeOffset now)
    {
        var terms = receiver.Mllp;
        var written = trail.Message.Site.Reverse.Translate([.. resources.Select(resource => resource.Root)], new ReverseContext(now, trail.Message.Source)
        {
            SendingApplication = terms?.Sender?.Application,
            SendingFacility = terms?.Sender?.Facility,
            ReceivingApplication = terms?.Receiver?.Application,
            ReceivingFacility = terms?.Receiver?.Facility,
        });
        foreach (var finding in written.Findings)
        {
            trail.Note(new Finding(finding.Rule, Severity.Warning, $"{receiver.Name}: {finding.Location}", finding.Message));
        }

        if (!written.IsWritten)
        {
            trail.Note(RouteRules.MessageUnwritable(receiver.Name));
            trail.Raise(new Signal(
                SignalKinds.DeliveryDead, $"message/{trail.Message.Id}/{receiver.Name}", trail.Message.Id, trail.Person, string.Empty, receiver.Name,
                JsonSerializer.Serialize(new { destination = receiver.Name, rule = RouteRules.MessageUnwritableRule })));
            return null;
        }

        var output = new ArrayBufferWriter<byte>(32 * 1024);
        ResourcePack.Write(
            [
                new PackedResource(DeliverySeal.MessageType, $"message-{trail.Message.Id}", written.Message),
                .. resources.Select(resource => new PackedResource(resource.Type, resource.Id.ToString("D"), resource.Json)),
            ],
            output);
        return new PhiBytes(Compression.Pack(output.WrittenSpan));
    }
}
