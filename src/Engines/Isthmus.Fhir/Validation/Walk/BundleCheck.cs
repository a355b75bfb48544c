using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.References;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>
/// What FHIR's text asks of a Bundle beyond its invariants: one link of each relation, fullUrls that agree with ids, and
/// documents and messages that hold what their first entry refers to (FHIR R4 bundle.html, documents.html, messaging.html).
/// </summary>
internal sealed class BundleCheck(FhirTape tape, FindingLog log, ReferenceTargets targets)
{
    /// <summary>The relations of which there is one; others, such as license, may repeat (RFC 5988 as IANA registers them).</summary>
    private static readonly string[] Single = ["self", "first", "last", "next", "previous", "prev"];

    /// <summary>What a document holds of what its Composition refers to (FHIR R4 documents.html#content).</summary>
    private static readonly string[] OfDocument = ["subject", "encounter", "author", "attester", "custodian", "event", "section"];

    private static readonly string[] OfMessage = ["focus"];

    public void Check(int node)
    {
        var bundle = new FhirElement(tape, node);
        Links(bundle["link"u8]);
        foreach (var entry in bundle["entry"u8])
        {
            FullUrl(entry);
        }

        // Only entries of the outermost Bundle are found by reference.
        if (tape.Nodes[node].Parent < 0)
        {
            Held(bundle["entry"u8][0]["resource"u8], bundle["type"u8].AsString() switch { "document" => OfDocument, "message" => OfMessage, _ => [] });
        }
    }

    private void Held(FhirElement first, string[] parts)
    {
        foreach (var part in parts)
        {
            References(first[part]);
        }
    }

    private void Links(FhirElement links)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var link in links)
        {
            if (link["relation"u8].AsString() is { } relation && Single.Contains(relation) && !seen.Add(relation))
            {
                log.Add(BundleFindings.LinkTwice, link.Index);
            }
        }
    }

    private void FullUrl(FhirElement entry)
    {
        var url = entry["fullUrl"u8].Text;
        if (!url.IsEmpty && !url.Contains((byte)':'))
        {
            log.Add(UriRules.RelativeFullUrl, entry["fullUrl"u8].Index);
        }

        if (!url.StartsWith("http"u8))
        {
            return;
        }

        var id = entry["resource"u8]["id"u8].Text;
        var named = ReferenceText.TypeOf(url);
        if (!id.IsEmpty && !named.IsEmpty && entry["resource"u8]["resourceType"u8].TextEquals(named) && !url[(url.LastIndexOf((byte)'/') + 1)..].SequenceEqual(id))
        {
            log.Add(BundleFindings.FullUrlDiffers, entry.Index);
        }
    }

    /// <summary>Every reference below an element, other than to what is contained.</summary>
    private void References(FhirElement element)
    {
        if (element.Kind == FhirKind.Object && element["reference"u8] is { Kind: FhirKind.String } text && text.Text is not [] and not [(byte)'#', ..])
        {
            var found = targets.Candidates(element.Index, Encoding.UTF8.GetString(text.Text)).Count;
            if (found != 1)
            {
                log.Add(found == 0 ? ReferenceRules.MissingInDocument : ReferenceRules.Ambiguous, element.Index);
            }

            return;
        }

        foreach (var child in element)
        {
            References(child);
        }
    }
}
