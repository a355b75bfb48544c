using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;

namespace Isthmus.Inbound.Receiving;

/// <summary>Finds the contract under which a message may come in. What no contract allows is refused.</summary>
internal sealed class SourceDirectory(SiteModel site)
{
    private readonly ILookup<string, IntegrationContract> byListener =
        site.Listeners.Keys.SelectMany(l => site.OnListener(l).Select(c => (l, c))).ToLookup(p => p.l, p => p.c, StringComparer.Ordinal);

    private readonly ILookup<string, IntegrationContract> atDoor =
        site.Contracts.Where(c => c.Source.IsAtDoor).ToLookup(c => c.Name, StringComparer.Ordinal);

    public string Version { get; } = site.Version;

    /// <summary>Whose data comes in.</summary>
    public Tenant Tenant { get; } = site.Tenant;

    /// <returns>The contract, or the refusal of the one that comes closest.</returns>
    public (IntegrationContract? Contract, Refusal? Refusal) Find(Arrival arrival, in Hl7Header header, ReadOnlySpan<byte> frame)
    {
        var application = FirstComponent(header.SendingApplication, header, frame);
        var facility = FirstComponent(header.SendingFacility, header, frame);
        var message = $"{Text(header.MessageCode, frame)}^{Text(header.TriggerEvent, frame)}";
        var closest = ReceptionRules.UnknownSender;
        foreach (var contract in arrival.By is null ? byListener[arrival.Listener] : atDoor[arrival.Listener])
        {
            var source = contract.Source;
            if (!source.Knows(application, facility))
            {
                continue;
            }

            if (arrival.By is { } by && !by.Feed.MaySpeakAs(application, facility))
            {
                closest = ReceptionRules.SenderNotTheClients;
            }
            else if (!source.Messages.Contains(message))
            {
                closest = closest == ReceptionRules.UnknownSender ? ReceptionRules.MessageNotAllowed : closest;
            }
            else if (!source.Versions.Contains(Text(header.VersionId, frame)))
            {
                closest = ReceptionRules.VersionNotAllowed;
            }
            else if (!source.ProcessingIds.Contains(Text(header.ProcessingId, frame)))
            {
                closest = ReceptionRules.ProcessingIdNotAllowed;
            }
            else
            {
                return (contract, null);
            }
        }

        return (null, closest);
    }

    /// <summary>
    /// The source whose link a sender starts: of such a message type and event are not used (HL7 v2.5.1 §2.10.1), so the sender alone
    /// tells. Null where no contract on the listener heeds its sequence numbers.
    /// </summary>
    public SourceTerms? FindLink(Arrival arrival, in Hl7Header header, ReadOnlySpan<byte> frame)
    {
        var application = FirstComponent(header.SendingApplication, header, frame);
        var facility = FirstComponent(header.SendingFacility, header, frame);
        return arrival.By is not null ? null : byListener[arrival.Listener].Select(contract => contract.Source)
            .FirstOrDefault(source => source.Sequence == SequenceNumbers.Required && source.Knows(application, facility));
    }

    /// <summary>The name of the stream of one sender's messages.</summary>
    public static string LinkOf(SourceTerms source, in Hl7Header header, ReadOnlySpan<byte> frame) =>
        $"{source.Name}|{FirstComponent(header.SendingApplication, header, frame)}|{FirstComponent(header.SendingFacility, header, frame)}";

    private static string FirstComponent(Hl7Slice field, in Hl7Header header, ReadOnlySpan<byte> frame)
    {
        var bytes = field.Of(frame);
        var end = bytes.IndexOf(header.Delimiters.Component);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static string Text(Hl7Slice slice, ReadOnlySpan<byte> frame) => Encoding.Latin1.GetString(slice.Of(frame));
}
