using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Ledger;

namespace Isthmus.Trust.Ledger;

/// <summary>
/// The catalogue that turns an event into a sentence a privacy officer reads. A template names members of the event's
/// detail in braces; a part in square brackets is left out when one of its members is absent. Besides the detail's own
/// members there are <c>{message}</c>, <c>{person}</c> and <c>{actor}</c>.
/// </summary>
public static class LedgerSentences
{
    private static readonly FrozenDictionary<string, string> Templates = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [LedgerKinds.ResultReceived] = "result received[ from {source}][ as message {message}]",
        [LedgerKinds.ResultCommitted] = "result committed[ as {resources} resources][ under contract {contract}][, passing the stopped {passed}]",
        [LedgerKinds.ResultStale] = "older result kept and not applied[ ({results} values)]",
        [LedgerKinds.DemographicsReceived] = "patient administration received[ from {source}][ as message {message}]",
        [LedgerKinds.DemographicsCommitted] = "patient administration committed[ as {resources} resources][ under contract {contract}][, passing the stopped {passed}]",
        [LedgerKinds.MessageHandedIn] = "message[ {message}] handed in by client {client}[ for {source}][ under contract {contract}]",
        [LedgerKinds.MessageQuarantined] = "message[ {message}] quarantined[ by rule {rule}][ at {location}]",
        [LedgerKinds.MessageRefused] = "message[ {message}] refused[ by rule {rule}][ at {location}]",
        [LedgerKinds.MessageHeld] = "message[ {message}] held for a person to decide[ by rule {rule}]",
        [LedgerKinds.MessageReplayed] = "message[ {message}] replayed[ {mode}][ by {actor}]",
        [LedgerKinds.PersonProvisional] = "provisional patient[ {person}] created[ for an unknown identifier of {assigner}]",
        [LedgerKinds.PersonRegistered] = "patient[ {person}] registered[ under {assigner}]",
        [LedgerKinds.ConsentDecided] = "consent {effect}[ {purpose}][ to {destination}][ under policy {policy}][: {reason}][, by {consents}]",
        [LedgerKinds.ConsentRecorded] = "consent[ {consent}] recorded[ as {status}]",
        [LedgerKinds.DeliveryDelivered] = "delivered[ to {destination}][ for {purpose}][ after {attempts} attempts]",
        [LedgerKinds.DeliveryDenied] = "not delivered[ to {destination}]: consent denied[ {purpose}][ under policy {policy}][: {reason}]",
        [LedgerKinds.DeliveryDead] = "delivery[ to {destination}][ for {purpose}] given up[ after {attempts} attempts][ by rule {rule}]",
        [LedgerKinds.DeliveryReplayed] = "delivery[ to {destination}] replayed[ {mode}][ by {actor}]",
        [LedgerKinds.TaskCreated] = "task {task} created[: {title}][ for {pool}][ by workflow {workflow}]",
        [LedgerKinds.TaskClaimed] = "task {task} claimed[ by {actor}][ for {pool}]",
        [LedgerKinds.TaskCommented] = "task {task} commented on[ by {actor}]",
        [LedgerKinds.TaskEscalated] = "task {task} escalated[ to {pool}][ by {actor}]",
        [LedgerKinds.TaskAcknowledged] = "task {task} acknowledged[ by {actor}][, read-back {readBack}]",
        [LedgerKinds.TaskCompleted] = "task {task} completed[ by {actor}][ with outcome {outcome}]",
        [LedgerKinds.RecordRead] = "record[ {resource}] read[ by {actor}][ for {purpose}][: {reason}]",
        [LedgerKinds.PersonMerged] = "patient {merged} merged into this one[ by message {message}]",
        [LedgerKinds.PersonRestated] = "patient restated by the registration[ in message {message}]",
        [LedgerKinds.MessageRead] = "message[ {message}] read[ by {actor}][ for {purpose}][: {reason}]",
        [LedgerKinds.CodeRead] = "unmapped codes[ {codes}] read[ by {actor}][ for {purpose}][: {reason}]",
        [LedgerKinds.CodeProposed] = "meaning proposed[ for code {code}][ by {actor}]",
        [LedgerKinds.SiteApplied] = "site version[ {version}] applied[ by {actor}][ over {previous}]",
        [LedgerKinds.ClientRegistered] = "client {client} registered[ for {integration}][ in {environment}][ by {actor}]",
        [LedgerKinds.ClientApproved] = "client {client} approved[ by {actor}][: {reason}]",
        [LedgerKinds.ClientRevoked] = "client {client} revoked[ by {actor}][: {reason}]",
        [LedgerKinds.KeyRotated] = "signing key {key} takes over[ from {activates}][, {withdrawn} withdrawn][ by {actor}][: {reason}]",
        [LedgerKinds.TokenIssued] = "token issued to client {client}[ for {scope}]",
        [LedgerKinds.TokenRevoked] = "token of client {client} revoked[ by {actor}]",
        [LedgerKinds.AccessGranted] = "client {client} let in[ to {action}][ by route {route}]",
        [LedgerKinds.AccessDenied] = "client {client} denied[ route {route}][ by rule {rule}]",
        [LedgerKinds.AccessAlerted] = "unusual conduct at the door of {kind} {subject}: {cause}[, {times} times]",
        [LedgerKinds.PartnerOffboarded] = "{partner} off-boarded[ by {actor}][: {reason}][, clients revoked: {clients}][, tokens cut off: {tokens}]",
        [LedgerKinds.SwitchOff] = "{kind} {target} switched off[ by {actor}][: {reason}]",
        [LedgerKinds.SwitchOn] = "{kind} {target} switched on again[ by {actor}][: {reason}]",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>HL7 v3 PurposeOfUse codes as people say them; others are shown as they are, without hyphens.</summary>
    private static readonly FrozenDictionary<string, string> Purposes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TREAT"] = "treatment",
        ["ETREAT"] = "emergency treatment",
        ["CAREMGT"] = "care coordination",
        ["HPAYMT"] = "payment",
        ["HOPERAT"] = "operations",
        ["HRESCH"] = "research sharing",
        ["HMARKT"] = "marketing",
        ["PUBHLTH"] = "public health",
        ["PATRQT"] = "the patient's own request",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True when the catalogue has a sentence for the kind.</summary>
    public static bool Knows(string kind) => Templates.ContainsKey(kind);

    /// <summary>The sentence of an event; its kind where the catalogue has none.</summary>
    public static string Of(LedgerEvent one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return Templates.TryGetValue(one.Kind, out var template) ? Fill(template, Members(one)) : one.Kind;
    }

    private static Dictionary<string, string> Members(LedgerEvent one)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal) { ["actor"] = one.Actor };
        if (one.MessageId is { } message)
        {
            members["message"] = message.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (one.Person is { } person)
        {
            members["person"] = person.ToString();
        }

        foreach (var (name, value) in Detail(one.Detail))
        {
            members[name] = name switch
            {
                "effect" => value switch { "permit" => "permitted", "deny" => "denied", _ => value },
                "purpose" => Purposes.GetValueOrDefault(value) ?? value.Replace('-', ' '),
                _ => value,
            };
        }

        return members;
    }

    private static IEnumerable<(string Name, string Value)> Detail(string detail)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(detail.Length == 0 ? "{}" : detail);
        }
        catch (JsonException)
        {
            // An event whose detail is not JSON still happened and still has a sentence.
            yield break;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                yield break;
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                {
                    yield return (member.Name, member.Value.ToString());
                }
                else if (member.Value.ValueKind == JsonValueKind.Array)
                {
                    yield return (member.Name, string.Join(" and ", member.Value.EnumerateArray().Select(item => item.ToString())));
                }
            }
        }
    }

    private static string Fill(string template, Dictionary<string, string> members)
    {
        var text = new StringBuilder(template.Length * 2);
        for (var at = 0; at < template.Length;)
        {
            var end = template[at] == '[' ? template.IndexOf(']', at) : -1;
            if (end > at)
            {
                var part = new StringBuilder();
                if (FillPart(template.AsSpan(at + 1, end - at - 1), members, part))
                {
                    text.Append(part);
                }

                at = end + 1;
                continue;
            }

            var next = template.IndexOf('[', at);
            var until = next < 0 ? template.Length : next;
            FillPart(template.AsSpan(at, until - at), members, text);
            at = until;
        }

        return text.ToString();
    }

    /// <returns>False when a member is absent, which then reads as its name.</returns>
    private static bool FillPart(ReadOnlySpan<char> part, Dictionary<string, string> members, StringBuilder text)
    {
        var complete = true;
        while (part.IndexOf('{') is >= 0 and var open)
        {
            var close = part.IndexOf('}');
            var name = part[(open + 1)..close].ToString();
            text.Append(part[..open]);
            complete &= members.TryGetValue(name, out var value);
            text.Append(value ?? name);
            part = part[(close + 1)..];
        }

        text.Append(part);
        return complete;
    }
}
