namespace Isthmus.Trust.Access;

/// <summary>What one request wants to do: interactions with types, an operation, or a named right of its own. All of it must be permitted.</summary>
public sealed class AccessNeed
{
    private AccessNeed(IReadOnlyList<(string Type, Interactions Interaction)> touches, string? operation, string? word) =>
        (Touches, Operation, Word) = (touches, operation, word);

    /// <summary>Types and what is done with each, one interaction per entry; of a search also the types it includes or reaches through.</summary>
    public IReadOnlyList<(string Type, Interactions Interaction)> Touches { get; }

    /// <summary>A FHIR operation with its dollar sign.</summary>
    public string? Operation { get; }

    /// <summary>A scope that names an operation of ours: <c>hl7v2:send</c>.</summary>
    public string? Word { get; }

    /// <summary>Nothing beyond being admitted.</summary>
    public static AccessNeed Nothing { get; } = new([], null, null);

    public static AccessNeed To(params IReadOnlyList<(string Type, Interactions Interaction)> touches) => new(touches, null, null);

    public static AccessNeed Invoke(string operation) => new([], operation, null);

    public static AccessNeed Hold(string word) => new([], null, word);
}

/// <summary>What the policy and the token's scopes say to a need.</summary>
/// <param name="Actions">What is done, in the policy's words; empty where nothing beyond admission is needed.</param>
/// <param name="Restrictions">
/// By type, the searches of which one must match whatever is read or written; a type that is not named is not restricted.
/// </param>
/// <param name="Refusal">Null when permitted.</param>
public sealed record AccessDecision(
    IReadOnlyList<ClinicalAction> Actions,
    IReadOnlyDictionary<string, IReadOnlyList<SearchRestriction>> Restrictions,
    Exchange.Refusal? Refusal)
{
    private static readonly Dictionary<string, IReadOnlyList<SearchRestriction>> Unrestricted = [];

    public static AccessDecision Refused(Exchange.Refusal refusal) => new([], Unrestricted, refusal);
}
