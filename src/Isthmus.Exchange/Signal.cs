namespace Isthmus.Exchange;

/// <summary>
/// What Mediation tells Workflow in the transaction of the effect: something happened for which work may be due.
/// Carries no protected health information; a worker entitled to more reads the record or the message it names.
/// </summary>
/// <param name="Kind">From <see cref="SignalKinds"/>; workflows name the kinds that start them.</param>
/// <param name="Key">
/// The business key of the occasion. The same key never starts the same workflow twice, however often it is signalled.
/// </param>
/// <param name="MessageId">The message that gave rise to it; 0 where none did.</param>
/// <param name="Person">The person it is about; null when not (yet) identified.</param>
/// <param name="Location">Where the patient is, as pools are chosen by it (point of care), or empty.</param>
/// <param name="Subject">What it is about in non-identifying words, e.g. <c>Potassium (2823-3)</c>.</param>
/// <param name="Detail">Compact JSON object with further non-PHI facts (rule, flag, resource reference).</param>
public sealed record Signal(string Kind, string Key, long MessageId, PersonId? Person, string Location, string Subject, string Detail);

public static class SignalKinds
{
    public const string CriticalResult = "critical-result";
    public const string IdentityConflict = "identity-conflict";
    public const string UnknownPatient = "unknown-patient";
    public const string MessageQuarantined = "message-quarantined";
    public const string DeliveryDead = "delivery-dead";

    /// <summary>Something critical is missing from a message that went on, or was held for it.</summary>
    public const string IncompleteMessage = "incomplete-message";

    /// <summary>What was missing has come; under the key of the incomplete message.</summary>
    public const string MessageCompleted = "message-completed";

    /// <summary>A source sent a code for the first time that no table knows; once per source and day.</summary>
    public const string CodesUnmapped = "codes-unmapped";

    public const string HoldExpired = "order-hold-expired";

    /// <summary>A destination gives us no token any more; about no message.</summary>
    public const string SignInFailing = "sign-in-failing";

    /// <summary>A client, or an address, fails or repeats itself at the door more than is usual; about no message.</summary>
    public const string ConductUnusual = "conduct-unusual";
}
