using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Search.Query;

/// <summary>Uris as they are written, with a canonical's version where it is asked for, and references by what they lead to.</summary>
internal static class UriMatch
{
    public static bool Fits(SearchModifier modifier, string asked, FhirElement element) => element.AsString() is { } uri && modifier switch
    {
        SearchModifier.Below => IsBelow(uri, asked),
        SearchModifier.Above => IsBelow(asked, uri),
        _ => uri == asked,
    };

    public static bool Fits(ReferenceOperand asked, ReferenceValue value)
    {
        if (asked.Id is not null)
        {
            var target = value.Target;
            return target.Id == asked.Id
                && (asked.Type is null || target.Type == asked.Type)
                && (asked.Version is null || target.Version == asked.Version)
                && !IsElsewhere(value.Reference);
        }

        return value.Reference.AsString() is { } reference
            && (reference == asked.Uri || (!asked.Uri.Contains('|', StringComparison.Ordinal) && reference.StartsWith(asked.Uri + "|", StringComparison.Ordinal)));
    }

    /// <summary>A whole url leads to another server, whose ids are not ours.</summary>
    private static bool IsElsewhere(FhirElement reference) => reference.Exists && reference.Text.IndexOf("://"u8) >= 0;

    /// <summary>Whether a uri lies under another, by whole steps of its path.</summary>
    private static bool IsBelow(string uri, string above) =>
        uri.StartsWith(above, StringComparison.Ordinal) && (uri.Length == above.Length || above.EndsWith('/') || uri[above.Length] is '/' or '|');
}
