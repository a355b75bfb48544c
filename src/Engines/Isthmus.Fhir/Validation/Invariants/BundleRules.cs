using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>Invariants of a Bundle that look at every entry, in one pass over them (FHIR R4 bundle.html).</summary>
internal static class BundleRules
{
    /// <summary>bdl-7: the same fullUrl occurs once, other than in a history or with another version.</summary>
    public static bool FullUrlsDistinct(FhirTape tape, int bundle)
    {
        var root = new FhirElement(tape, bundle);
        if (root["type"u8].TextEquals("history"u8))
        {
            return true;
        }

        var seen = new HashSet<(string, string)>();
        foreach (var entry in root["entry"u8])
        {
            if (entry["fullUrl"u8].AsString() is { } url && !seen.Add((url, entry["resource"u8]["meta"u8]["versionId"u8].AsString() ?? "")))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>bdl-3, bdl-4: every entry of a Bundle of these types, or of a history, has the part, and none of another type.</summary>
    public static bool EntriesHave(FhirTape tape, int bundle, ReadOnlySpan<byte> part, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var root = new FhirElement(tape, bundle);
        var type = root["type"u8];
        var wanted = type.TextEquals(one) || type.TextEquals(other) || type.TextEquals("history"u8);
        foreach (var entry in root["entry"u8])
        {
            if (entry[part].Exists != wanted)
            {
                return false;
            }
        }

        return true;
    }
}
