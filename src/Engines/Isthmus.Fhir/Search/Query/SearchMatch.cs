using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Search.Query;

/// <summary>
/// Whether what a resource is found by fits what is asked for: the meaning of a search, against which every index is held. A chain and a
/// <c>_has</c> ask about other resources; whoever has those answers them.
/// </summary>
public sealed class SearchMatch(TerminologySet terminology)
{
    private readonly TokenMatch tokens = new(terminology);

    /// <param name="values">Everything that the resource is found by (<see cref="SearchIndex.Extract"/>).</param>
    /// <exception cref="ArgumentException">The criterion asks about other resources.</exception>
    public bool Fits(SearchCriterion criterion, IReadOnlyList<SearchValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return criterion switch
        {
            ValueCriterion asked => Any(asked, values) != asked.IsNegative,
            MissingCriterion asked => Has(asked.Parameter, values) != asked.IsMissing,
            _ => throw new ArgumentException("A chain is answered by whoever has the other resources.", nameof(criterion)),
        };
    }

    /// <summary>Whether a time fits one that is asked for.</summary>
    public static bool Fits(DateOperand asked, DateValue date)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(date);
        return RangeMatch.Fits(asked, date);
    }

    private static bool Has(SearchParameter parameter, IReadOnlyList<SearchValue> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Parameter == parameter)
            {
                return true;
            }
        }

        return false;
    }

    private bool Any(ValueCriterion asked, IReadOnlyList<SearchValue> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Parameter != asked.Parameter)
            {
                continue;
            }

            foreach (var operand in asked.AnyOf)
            {
                if (Fits(asked.Modifier, operand, values[i]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool Fits(SearchModifier modifier, SearchOperand operand, SearchValue value) => (operand, value) switch
    {
        (TokenOperand asked, TokenValue token) => tokens.Fits(modifier, asked, token),
        (TokenOperand asked, ReferenceValue reference) => TokenMatch.Identifies(asked, reference.Identifier),
        (UriOperand asked, TokenValue token) => tokens.IsIn(asked, token),
        (TextOperand asked, TokenValue token) => TextMatch.Fits(SearchModifier.None, asked, token.Text),
        (TextOperand asked, StringValue text) => TextMatch.Fits(modifier, asked, text.Text),
        (UriOperand asked, UriValue uri) => UriMatch.Fits(modifier, asked.Uri, uri.Uri),
        (ReferenceOperand asked, ReferenceValue reference) => UriMatch.Fits(asked, reference),
        (DateOperand asked, DateValue date) => RangeMatch.Fits(asked, date),
        (NumberOperand asked, NumberValue number) => RangeMatch.Fits(asked, number.From, number.Until),
        (QuantityOperand asked, QuantityValue quantity) => QuantityMatch.Fits(asked, quantity),
        (CompositeOperand asked, CompositeValue composite) => Fits(asked, composite),
        (NearOperand asked, PositionValue position) => NearMatch.Fits(asked, position),
        _ => false,
    };

    private bool Fits(CompositeOperand asked, CompositeValue composite)
    {
        for (var i = 0; i < asked.Parts.Count; i++)
        {
            if (!Fits(SearchModifier.None, asked.Parts[i], composite.Components[i]))
            {
                return false;
            }
        }

        return true;
    }
}
