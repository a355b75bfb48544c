using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What attachments say of themselves (FHIR R4 datatypes.html#Attachment).</summary>
internal static class AttachmentRules
{
    public static readonly FindingRule Size = new("fhir.attachment.size", Error, "structure",
        "The size that the attachment states is not that of its data.", """{"size":100,"data":"YQ=="}""", "Correct the size, which is that of the data before base64.");

    public static readonly FindingRule Hash = new("fhir.attachment.hash", Warning, "structure",
        "The attachment's hash is not the SHA-1 of its data.", """{"hash":"AAAA","data":"YQ=="}""", "Compute the hash over the data before base64.");
}
