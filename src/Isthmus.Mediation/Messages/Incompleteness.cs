using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Hl7v2;
using Isthmus.Mediation.Inbox;

namespace Isthmus.Mediation.Messages;

/// <summary>How people are asked for what is missing: by its place and the contract's words, never by what is there.</summary>
internal static class Incompleteness
{
    /// <summary>The key of the occasion, by which what comes later closes the task.</summary>
    public static string KeyOf(long message) => $"incomplete/{message}";

    /// <param name="what">Fields or elements.</param>
    /// <param name="why">The contract's words, or the rule.</param>
    public static Signal SignalOf(Leased message, Hl7Message read, PersonId person, string what, string why) => new(
        SignalKinds.IncompleteMessage, KeyOf(message.Id), message.Id, person, PointOfCare.Of(read, message.Site.Maps), what,
        JsonSerializer.Serialize(new { reason = why, source = message.Source }));
}
