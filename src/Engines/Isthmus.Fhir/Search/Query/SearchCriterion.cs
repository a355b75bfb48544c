namespace Isthmus.Fhir.Search.Query;

/// <summary>One of the things a resource must be to be found; all of a search must hold.</summary>
public abstract class SearchCriterion
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>One of the alternatives must fit a value of the parameter.</summary>
public sealed class ValueCriterion(SearchParameter parameter, SearchModifier modifier, IReadOnlyList<SearchOperand> anyOf) : SearchCriterion
{
    public SearchParameter Parameter { get; } = parameter;

    public SearchModifier Modifier { get; } = modifier;

    public IReadOnlyList<SearchOperand> AnyOf { get; } = anyOf;

    /// <summary>Whether it holds of what fits none of the alternatives.</summary>
    public bool IsNegative => Modifier is SearchModifier.Not or SearchModifier.NotIn;
}

/// <summary>The parameter must have a value, or none.</summary>
public sealed class MissingCriterion(SearchParameter parameter, bool isMissing) : SearchCriterion
{
    public SearchParameter Parameter { get; } = parameter;

    public bool IsMissing { get; } = isMissing;
}

/// <summary><c>subject:Patient.name=…</c>: what the reference leads to must be of one of the types and fit what is asked of that type.</summary>
public sealed class ChainCriterion(SearchParameter reference, IReadOnlyList<(string Type, SearchCriterion Asked)> targets) : SearchCriterion
{
    public SearchParameter Reference { get; } = reference;

    public IReadOnlyList<(string Type, SearchCriterion Asked)> Targets { get; } = targets;
}

/// <summary><c>_has:Observation:patient:code=…</c>: a resource of the type must refer to it and fit what is asked.</summary>
public sealed class HasCriterion(string type, SearchParameter reference, SearchCriterion asked) : SearchCriterion
{
    public string Type { get; } = type;

    public SearchParameter Reference { get; } = reference;

    public SearchCriterion Asked { get; } = asked;
}
