using System.Text;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Facts;

namespace Isthmus.Records.Search;

/// <summary>
/// Decides by what is kept beside a pack whether one of its resources fits, as far as that can be decided: a no is certain, and everything
/// else is looked up in the resource.
/// </summary>
internal sealed class FactsFilter
{
    private readonly short type;
    private readonly List<Func<FactsOfResource, bool>> mayFit = [];

    public FactsFilter(SearchQuery query, SearchTokens tokens)
    {
        type = ResourceTypes.NumberOf(query.Type);
        foreach (var criterion in query.Criteria)
        {
            if (criterion is ValueCriterion asked && Test(asked, tokens) is { } test)
            {
                mayFit.Add(test);
            }
        }
    }

    public bool MayFit(FactsOfResource facts) => facts.Type == type && mayFit.TrueForAll(test => test(facts));

    private static Func<FactsOfResource, bool>? Test(ValueCriterion asked, SearchTokens tokens) => asked switch
    {
        { Parameter.Code: "_id", Modifier: SearchModifier.None } => OfId(asked),
        _ when !FactParameters.IsKept(asked.Parameter) => null,
        { Modifier: SearchModifier.None, Parameter.Kind: SearchKind.Token } => OfToken(asked, tokens),
        { Modifier: SearchModifier.None, Parameter.Kind: SearchKind.Reference } => OfReference(asked, tokens),
        { Modifier: SearchModifier.None, Parameter.Kind: SearchKind.Date } => OfDate(asked),
        _ => null,
    };

    private static Func<FactsOfResource, bool> OfId(ValueCriterion asked)
    {
        var ids = asked.AnyOf.OfType<TokenOperand>().Select(o => Encoding.UTF8.GetString(o.Code ?? [])).ToHashSet(StringComparer.Ordinal);
        return facts => ids.Contains(facts.Id.ToString("D"));
    }

    /// <summary>
    /// Of a system with a code the code alone is compared, too: an element that is a code has no system to its name, and only the resource
    /// tells which it is.
    /// </summary>
    private static Func<FactsOfResource, bool>? OfToken(ValueCriterion asked, SearchTokens tokens)
    {
        var wanted = new HashSet<long>();
        foreach (var operand in asked.AnyOf.Cast<TokenOperand>())
        {
            if (operand.Code is null)
            {
                return null;
            }

            wanted.Add(FactsBlock.Compared(tokens.Of(TokenForm.Value, asked.Parameter.Code, [], operand.Code)));
        }

        return HasOneOf(wanted);
    }

    private static Func<FactsOfResource, bool>? OfReference(ValueCriterion asked, SearchTokens tokens)
    {
        var wanted = new HashSet<long>();
        foreach (var operand in asked.AnyOf.Cast<ReferenceOperand>())
        {
            IReadOnlyList<string> types = operand.Type is { } type ? [type] : asked.Parameter.Targets;
            if (operand.Id is null)
            {
                Add(TokenForm.Uri, operand.Uri);
            }
            else if (types.Count == 0)
            {
                return null;
            }
            else
            {
                foreach (var target in types)
                {
                    Add(TokenForm.Reference, $"{target}/{operand.Id}");
                }
            }
        }

        return HasOneOf(wanted);

        void Add(TokenForm form, string text) => wanted.Add(FactsBlock.Compared(tokens.Of(form, asked.Parameter.Code, [], Encoding.UTF8.GetBytes(text))));
    }

    private static Func<FactsOfResource, bool> OfDate(ValueCriterion asked)
    {
        var number = FactParameters.NumberOf(asked.Parameter);
        return facts =>
        {
            foreach (var date in facts.Dates)
            {
                if (date.Parameter == number)
                {
                    var value = new DateValue(asked.Parameter, new DateTimeOffset(date.From, TimeSpan.Zero), new DateTimeOffset(date.Until, TimeSpan.Zero));
                    foreach (var operand in asked.AnyOf)
                    {
                        if (SearchMatch.Fits((DateOperand)operand, value))
                        {
                            return true;
                        }
                    }
                }
            }

            return false;
        };
    }

    private static Func<FactsOfResource, bool> HasOneOf(HashSet<long> wanted) => facts =>
    {
        foreach (var token in facts.Tokens)
        {
            if (wanted.Contains(token))
            {
                return true;
            }
        }

        return false;
    };
}
