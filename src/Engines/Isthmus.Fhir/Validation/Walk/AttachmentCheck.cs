using System.Buffers.Text;
using System.Security.Cryptography;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>Whether an attachment's size and hash are those of its data (FHIR R4 datatypes.html#Attachment).</summary>
internal static class AttachmentCheck
{
    public static void Check(FhirTape tape, FindingLog log, int node)
    {
        var attachment = new FhirElement(tape, node);
        var data = attachment["data"u8];
        var size = attachment["size"u8];
        var hash = attachment["hash"u8];
        if (data.Kind != FhirKind.String || (!size.Exists && !hash.Exists) || Decoded(data.Text) is not { } bytes)
        {
            return;
        }

        if (size.AsDecimal() is { } stated && stated != bytes.Length)
        {
            log.Add(AttachmentRules.Size, node);
        }

        // The standard prescribes SHA-1 here; it guards against damage, not against forgery.
#pragma warning disable CA5350
        if (hash.Kind == FhirKind.String && Decoded(hash.Text) is { } digest && !digest.AsSpan().SequenceEqual(SHA1.HashData(bytes)))
#pragma warning restore CA5350
        {
            log.Add(AttachmentRules.Hash, node);
        }
    }

    private static byte[]? Decoded(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done ? bytes[..written] : null;
    }
}
