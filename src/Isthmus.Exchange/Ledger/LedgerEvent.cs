namespace Isthmus.Exchange.Ledger;

/// <summary>
/// One business event for the ledger. Nothing in it is protected health information: persons are pseudonymous keys,
/// objects are resource types and ids, reasons are rule ids.
/// </summary>
/// <param name="Kind">From <see cref="LedgerKinds"/>.</param>
/// <param name="Actor">Who acted: a zone (<c>mediation</c>), a destination's service, or a person's login.</param>
/// <param name="MessageId">The message it belongs to, or null.</param>
/// <param name="Person">The person it is about, or null.</param>
/// <param name="Detail">Compact JSON object with the rest: destination, purpose, effect, reason, versions, hashes.</param>
public sealed record LedgerEvent(string Kind, string Actor, long? MessageId, PersonId? Person, string Detail);

/// <summary>The catalogue of business events.</summary>
public static class LedgerKinds
{
    public const string ResultReceived = "result.received";
    public const string ResultCommitted = "result.committed";
    public const string ResultStale = "result.stale";
    public const string DemographicsReceived = "demographics.received";
    public const string DemographicsCommitted = "demographics.committed";
    public const string MessageHandedIn = "message.handed-in";
    public const string MessageQuarantined = "message.quarantined";
    public const string MessageRefused = "message.refused";
    public const string MessageHeld = "message.held";
    public const string MessageReplayed = "message.replayed";
    public const string PersonProvisional = "person.provisional";
    public const string PersonRegistered = "person.registered";
    public const string PersonMerged = "person.merged";
    public const string PersonRestated = "person.restated";
    public const string ConsentDecided = "consent.decided";
    public const string ConsentRecorded = "consent.recorded";
    public const string DeliveryDelivered = "delivery.delivered";
    public const string DeliveryDenied = "delivery.denied";
    public const string DeliveryDead = "delivery.dead";
    public const string DeliveryReplayed = "delivery.replayed";
    public const string TaskCreated = "task.created";
    public const string TaskClaimed = "task.claimed";
    public const string TaskCommented = "task.commented";
    public const string TaskEscalated = "task.escalated";
    public const string TaskAcknowledged = "task.acknowledged";
    public const string TaskCompleted = "task.completed";
    public const string RecordRead = "record.read";
    public const string MessageRead = "message.read";
    public const string CodeRead = "code.read";
    public const string CodeProposed = "code.proposed";
    public const string SiteApplied = "site.applied";
    public const string ClientRegistered = "client.registered";
    public const string ClientApproved = "client.approved";
    public const string ClientRevoked = "client.revoked";
    public const string KeyRotated = "key.rotated";
    public const string TokenIssued = "token.issued";
    public const string TokenRevoked = "token.revoked";
    public const string AccessGranted = "access.granted";
    public const string AccessDenied = "access.denied";
    public const string AccessAlerted = "access.alerted";
    public const string PartnerOffboarded = "partner.offboarded";
    public const string SwitchOff = "switch.off";
    public const string SwitchOn = "switch.on";
}
