using Isthmus.Exchange;

namespace Isthmus.Mediation.Admit;

/// <summary>What the field-level contract says of a message.</summary>
internal static class AdmitRules
{
    private const string Unlisted = "contract.field-unlisted";
    private const string Unconfirmed = "contract.field-unconfirmed";
    private const string UnlistedSegment = "contract.segment-unlisted";

    /// <summary>Whether a finding tells of content that stays in the journal.</summary>
    public static bool TellsOfHeld(Finding finding) => finding.Rule is Unlisted or Unconfirmed or UnlistedSegment;

    public static Finding FieldUnlisted(string location) => new(
        Unlisted, Severity.Warning, location,
        "The contract does not list this field; it is held in the journal and not forwarded. List it with class, readers and purpose to let it pass.");

    public static Finding FieldUnconfirmed(string location) => new(
        Unconfirmed, Severity.Warning, location,
        "The contract's draft lists this field and nobody has said why it may cross; it is held in the journal and not forwarded.");

    public static Finding SegmentUnlisted(string location) => new(
        UnlistedSegment, Severity.Warning, location,
        "The contract lists no field of this segment; it is held in the journal and not forwarded.");

    public static readonly Finding HeaderUnlisted = new(
        "contract.header-unlisted", Severity.Error, "MSH",
        "The contract lists no field of MSH, without which the rest cannot be read. List what of MSH may pass, then replay the message.");

    public static Finding Prohibited(string location) => new(
        "contract.field-prohibited", Severity.Error, location,
        "The contract prohibits this field. The message is kept; have the sender leave the field out, then replay or resend.");

    public static Finding Missing(string location) => new(
        "contract.field-missing", Severity.Error, location,
        "The contract requires this field and it is empty.");
}
