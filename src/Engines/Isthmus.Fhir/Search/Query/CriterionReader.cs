using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Search.Query;

/// <summary>Reads one condition of a search: a parameter with its modifier, a chain through references, or what refers to the resource.</summary>
internal sealed class CriterionReader(SearchIndex index, SearchSurroundings surroundings)
{
    private const string Has = "_has:";

    private readonly OperandReader operands = new(surroundings);

    /// <summary>The condition, or the rule that it breaks.</summary>
    public (SearchCriterion? Criterion, SearchRule? Fault) Read(string type, string name, string value) => Read(type, name, value, links: 0);

    private (SearchCriterion? Criterion, SearchRule? Fault) Read(string type, string name, string value, int links)
    {
        if (links > surroundings.Limits.Links)
        {
            return (null, SearchRules.ChainTooLong);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return name.StartsWith(Has, StringComparison.Ordinal) ? ReadHas(type, name[Has.Length..], value, links)
            : dot >= 0 ? ReadChain(type, name[..dot], name[(dot + 1)..], value, links)
            : ReadValue(type, name, value);
    }

    private (SearchCriterion? Criterion, SearchRule? Fault) ReadHas(string type, string name, string value, int links)
    {
        if (name.Split(':', 3) is not [var source, var link, { Length: > 0 } asked]
            || !IsResource(source) || index.Find(source, link) is not { Kind: SearchKind.Reference } reference
            || (reference.Targets.Count > 0 && !reference.Targets.Contains(type)))
        {
            return (null, SearchRules.ChainInvalid);
        }

        var (criterion, fault) = Read(source, asked, value, links + 1);
        return criterion is null ? (null, fault) : (new HasCriterion(source, reference, criterion), null);
    }

    private (SearchCriterion? Criterion, SearchRule? Fault) ReadChain(string type, string link, string asked, string value, int links)
    {
        var colon = link.IndexOf(':', StringComparison.Ordinal);
        var only = colon < 0 ? null : link[(colon + 1)..];
        if (index.Find(type, colon < 0 ? link : link[..colon]) is not { Kind: SearchKind.Reference } reference
            || (only is not null && (!IsResource(only) || (reference.Targets.Count > 0 && !reference.Targets.Contains(only)))))
        {
            return (null, SearchRules.ChainInvalid);
        }

        // Where no type is said, it leads to each type that can be asked so.
        SearchRule? first = null;
        var targets = new List<(string, SearchCriterion)>();
        foreach (var target in only is null ? reference.Targets : [only])
        {
            var (criterion, fault) = Read(target, asked, value, links + 1);
            first ??= fault == SearchRules.ParameterUnknown && only is null ? null : fault;
            if (criterion is not null)
            {
                targets.Add((target, criterion));
            }
        }

        return targets.Count > 0 ? (new ChainCriterion(reference, targets), null) : (null, first ?? SearchRules.ChainInvalid);
    }

    private (SearchCriterion? Criterion, SearchRule? Fault) ReadValue(string type, string name, string value)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var word = colon < 0 ? "" : name[(colon + 1)..];
        if (index.Find(type, colon < 0 ? name : name[..colon]) is not { } parameter)
        {
            return (null, SearchRules.ParameterUnknown);
        }

        var isType = parameter.Kind == SearchKind.Reference && IsResource(word) && (parameter.Targets.Count == 0 || parameter.Targets.Contains(word));
        if ((colon >= 0 && word.Length == 0) || (isType ? SearchModifier.None : SearchModifiers.Of(word, parameter.Kind)) is not { } modifier)
        {
            return (null, SearchRules.ModifierUnknown);
        }

        if (modifier == SearchModifier.Missing)
        {
            return value is "true" or "false" ? (new MissingCriterion(parameter, value == "true"), null) : (null, SearchRules.ValueInvalid);
        }

        var alternatives = EscapedText.Split(value, ',');
        if (alternatives.Count > surroundings.Limits.Values)
        {
            return (null, SearchRules.ValuesTooMany);
        }

        var anyOf = new SearchOperand[alternatives.Count];
        for (var i = 0; i < anyOf.Length; i++)
        {
            if (operands.Read(parameter, modifier, isType ? word : null, alternatives[i]) is not { } operand)
            {
                return (null, SearchRules.ValueInvalid);
            }

            if (modifier is SearchModifier.In or SearchModifier.NotIn && !operands.Knows((UriOperand)operand))
            {
                return (null, SearchRules.ValueSetUnknown);
            }

            anyOf[i] = operand;
        }

        return (new ValueCriterion(parameter, modifier, anyOf), null);
    }

    private static bool IsResource(string type) => FhirSchema.R4.Type(type) is { IsResource: true };
}
