namespace Isthmus.Governance;

/// <summary>Ids of what can be wrong with a site folder.</summary>
internal static class SiteRules
{
    // The folder.
    public const string FolderMissing = "site.folder-missing";
    public const string FolderTooLarge = "site.folder-too-large";
    public const string FileTooLarge = "site.file-too-large";
    public const string FileLinked = "site.file-linked";
    public const string FileMissing = "site.file-missing";
    public const string FileStray = "site.file-stray";
    public const string SnapshotDamaged = "site.snapshot-damaged";

    // The shape of a file.
    public const string Syntax = "site.yaml-syntax";
    public const string Nesting = "site.yaml-nesting";
    public const string TooManyFaults = "site.too-many-faults";
    public const string Duplicate = "site.key-duplicate";
    public const string Unknown = "site.key-unknown";
    public const string Missing = "site.key-missing";
    public const string Type = "site.value-type";
    public const string Value = "site.value-invalid";
    public const string Placeholder = "site.placeholder";
    public const string Environment = "site.environment-unknown";

    // Settings.
    public const string ListenerWithoutTls = "site.listener-tls-missing";
    public const string ListenerRevocations = "site.listener-revocations-alone";
    public const string ListenerCertificates = "site.listener-certificates-alone";
    public const string ListenerPortTaken = "site.listener-port-taken";
    public const string DestinationWithoutTls = "site.destination-tls-missing";
    public const string DestinationAuth = "site.destination-auth-incomplete";
    public const string KeyShared = "site.key-shared";
    public const string KeysInEnvironment = "site.keys-in-environment";
    public const string VaultUnnamed = "site.vault-incomplete";
    public const string VaultWithoutTls = "site.vault-tls-missing";

    public const string IssuerWithoutTls = "site.issuer-tls-missing";
    public const string IssuerTwice = "site.issuer-duplicate";
    public const string AccessMissing = "site.access-missing";

    // Contracts.
    public const string ContractTwice = "contract.name-taken";
    public const string ListenerUnknown = "contract.listener-unknown";
    public const string AcknowledgementDestination = "contract.acknowledgement-destination";
    public const string FormUnsupported = "contract.form-unsupported";
    public const string ListenerProtocol = "contract.listener-protocol";
    public const string DestinationUnknown = "contract.destination-unknown";
    public const string DestinationTwice = "contract.destination-duplicate";
    public const string ReaderUnknown = "contract.reader-unknown";
    public const string MapUnknown = "contract.map-unknown";
    public const string CriticalMissing = "contract.critical-missing";
    public const string MapVersion = "contract.map-version";
    public const string PurposeSentence = "contract.purpose-sentence";
    public const string PolicyUnknown = "contract.policy-unknown";
    public const string JurisdictionUncovered = "contract.jurisdiction-uncovered";
    public const string PurposeUnknown = "contract.consent-purpose-unknown";
    public const string PurposeForbidden = "contract.consent-purpose-forbidden";
    public const string BasisMismatch = "contract.basis-mismatch";
    public const string FieldTwice = "contract.field-duplicate";
    public const string FieldSource = "contract.field-source";
    public const string FieldUnused = "contract.field-unused";
    public const string FieldProhibitedUsed = "contract.field-prohibited-used";
    public const string FieldUnlisted = "contract.field-not-listed";
    public const string FieldRetention = "contract.field-retention";
    public const string PhiMinimised = "contract.phi-to-minimised";
    public const string DeriveUnused = "contract.derive-unused";
    public const string ScopeUnused = "contract.scope-unused";
    public const string ScopeMissing = "contract.scope-missing";
    public const string LimitEmpty = "contract.limit-empty";
    public const string MergesWithoutAuthority = "contract.merges-without-authority";
    public const string GapUnlisted = "contract.gap-not-listed";
    public const string GapMessage = "contract.gap-message-unknown";
    public const string SequenceAtDoor = "contract.sequence-at-door";
    public const string SenderAmbiguous = "contract.sender-ambiguous";
    public const string TestMissing = "contract.test-missing";

    public const string ScopeUnreadable = "contract.scope-unreadable";
    public const string ScopeBeyondClass = "contract.scope-beyond-class";
    public const string FeedUnknown = "contract.feed-unknown";
    public const string FeedElsewhere = "contract.feed-not-at-door";
    public const string FeedTwice = "contract.feed-duplicate";
    public const string FeedSender = "contract.feed-sender-unknown";

    // The access policy.
    public const string ActionEmpty = "access.action-empty";
    public const string ActionWide = "access.action-wide";
    public const string ActionAmbiguous = "access.action-ambiguous";
    public const string ActionUnknown = "access.action-unknown";
    public const string OperationNeeds = "access.operation-needs";

    // Risk.
    public const string ControlMissing = "contract.control-missing";
    public const string WaiverExpired = "contract.waiver-expired";
    public const string WaiverUnknown = "contract.waiver-unknown";
    public const string SameApprover = "contract.approver-is-proposer";
    public const string SignOffMissing = "contract.sign-off-missing";
}
