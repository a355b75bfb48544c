using System.Globalization;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>The <c>source</c> of a contract.</summary>
internal static class SourceReader
{
    public static SourceTerms Read(Section source)
    {
        var quota = source.Sub("quota", "keeps one sender from starving the others");
        return new SourceTerms
        {
            Name = Words.Name(source, "name", "is part of the key by which repeats are known"),
            Listener = Words.Name(source, "listener", "says on which listener of isthmus.yaml it sends"),
            Protocol = source.Choice<ListenerKind>("protocol", "says how messages arrive"),
            Authentication = source.Choice<SourceAuthentication>("authentication", "says how the sender proves itself"),
            AlsoAtDoor = source.Flag("door", otherwise: false),
            Senders = [.. source.Each("senders", "lists who may send; anyone else is refused").Select(Sender)],
            Messages = source.Values<string>("messages", "lists what may be sent; anything else is refused", TryMessage, "a message type such as ORU^R01"),
            Versions = source.Texts("versions", "lists the HL7 versions that may be sent"),
            ProcessingIds = source.Values<string>("processing-ids", "keeps training and debugging traffic apart", TryProcessingId, "one of P, T, D"),
            Zone = source.Value<TimeZoneInfo>("zone", "gives times without an offset their meaning", Quantities.TryZone, Quantities.ZoneShape) ?? TimeZoneInfo.Utc,
            ApplicationAcknowledgement = source.OptionalText("application-acknowledgement"),
            Sequence = source.Choice("sequence-numbers", SequenceNumbers.Ignored),
            Repeats = Repeats(source.OptionalSub("repeats")),
            Quota = new Quota(
                quota.Number("per-second", "is the sustained rate", 1, 1_000_000),
                quota.Number("burst", "is what may come at once", 1, 1_000_000)),
        };
    }

    public static Sender Sender(Section sender) => new(
        sender.Text("application", "is compared with MSH-3"),
        sender.Text("facility", "is compared with MSH-4"));

    private static RepeatTerms Repeats(Section? repeats) => repeats is null
        ? new RepeatTerms(TimeSpan.FromDays(7), [7, 8, 13], ReusedControlId.Accept)
        : new RepeatTerms(
            repeats.ValueOr("window", TimeSpan.FromDays(7), Quantities.TryDuration, Quantities.DurationShape),
            repeats.Has("ignore") ? repeats.Values<int>("ignore", null, TryMshField, "an MSH field such as MSH-7") : Default(repeats),
            repeats.Choice("reused-control-id", ReusedControlId.Accept));

    private static IReadOnlyList<int> Default(Section repeats)
    {
        repeats.Texts("ignore");
        return [7, 8, 13];
    }

    private static bool TryMshField(string text, out int field)
    {
        field = 0;
        return text.StartsWith("MSH-", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out field)
            && field is > 2 and < 26 and not 10;
    }

    private static bool TryMessage(string text, out string message)
    {
        message = text;
        return text.Length == 7 && text[3] == '^' && text.Remove(3, 1).All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));
    }

    private static bool TryProcessingId(string text, out string id)
    {
        id = text;
        return text is "P" or "T" or "D";
    }
}
