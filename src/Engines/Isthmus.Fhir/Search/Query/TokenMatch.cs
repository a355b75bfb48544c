using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Search.Query;

/// <summary>Codes and identifiers (FHIR R4 search.html#token). They are compared as they are written.</summary>
internal sealed class TokenMatch(TerminologySet terminology)
{
    public bool Fits(SearchModifier modifier, TokenOperand asked, TokenValue token) => modifier switch
    {
        SearchModifier.OfType => token.Code.TextEquals(asked.Value) && HasType(asked, token.IdentifierType),
        SearchModifier.Above or SearchModifier.Below => Fits(asked, token) || IsSubsumed(modifier, asked, token),
        _ => Fits(asked, token),
    };

    /// <summary>Whether an Identifier is the one asked for.</summary>
    public static bool Identifies(TokenOperand asked, FhirElement identifier) =>
        identifier.Exists && FitsSystem(asked, identifier["system"u8]) && (asked.Code is null || IsText(identifier["value"u8], asked.Code));

    /// <summary>Whether a value set has the code. What the set leaves unknown is not in it.</summary>
    public bool IsIn(UriOperand valueSet, TokenValue token)
    {
        var set = terminology.ValueSet(valueSet.Uri);
        return token.Code.Exists
            && (token.IsPlain ? set.ContainsCode(token.Code.Text) : set.Contains(token.System.Text, token.Code.Text)) == Membership.Yes;
    }

    /// <summary>An element that is a code has the system of its binding, which is not written with it.</summary>
    private static bool Fits(TokenOperand asked, TokenValue token) => asked.Code is null
        ? FitsSystem(asked, token.System)
        : IsText(token.Code, asked.Code) && (token.IsPlain || FitsSystem(asked, token.System));

    private static bool FitsSystem(TokenOperand asked, FhirElement system) =>
        asked.System is null || (asked.System.Length == 0 ? !system.Exists : system.TextEquals(asked.System));

    private static bool IsText(FhirElement element, byte[] text) => element.Exists && element.Text.SequenceEqual(text);

    private static bool HasType(TokenOperand asked, FhirElement type)
    {
        foreach (var coding in type["coding"u8])
        {
            if (FitsSystem(asked, coding["system"u8]) && IsText(coding["code"u8], asked.Code!))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsSubsumed(SearchModifier modifier, TokenOperand asked, TokenValue token)
    {
        if (asked is not { System.Length: > 0, Code: { } code } || !token.Code.Exists || !token.System.TextEquals(asked.System))
        {
            return false;
        }

        var outcome = Subsumption.Of(terminology, token.System.AsString()!, System.Text.Encoding.UTF8.GetString(code), token.Code.AsString()!).Outcome;
        return outcome == (modifier == SearchModifier.Below ? SubsumptionOutcome.Subsumes : SubsumptionOutcome.SubsumedBy) || outcome == SubsumptionOutcome.Equivalent;
    }
}
