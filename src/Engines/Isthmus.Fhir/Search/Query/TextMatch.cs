using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Search.Query;

/// <summary>Texts (FHIR R4 search.html#string): from their beginning, anywhere, or as they are.</summary>
internal static class TextMatch
{
    public static bool Fits(SearchModifier modifier, TextOperand asked, FhirElement element)
    {
        if (element.AsString() is not { } text)
        {
            return false;
        }

        if (modifier == SearchModifier.Exact)
        {
            return text == asked.Text;
        }

        // Of a text that is all punctuation nothing is left to compare.
        var folded = SearchText.Fold(text);
        return asked.Folded.Length == 0 ? text.StartsWith(asked.Text, StringComparison.Ordinal)
            : modifier == SearchModifier.Contains ? folded.Contains(asked.Folded, StringComparison.Ordinal)
            : folded.StartsWith(asked.Folded, StringComparison.Ordinal);
    }
}
