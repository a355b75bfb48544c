namespace Isthmus.Exchange;

/// <summary>Whose side a failure is on.</summary>
public enum FailureDomain
{
    Client,
    Edge,
    TokenService,
    Mediation,
    Map,
    Store,
    Partner,
}

/// <summary>
/// A "no" with a stable id and a sentence that says what to do. Carries no patient data.
/// </summary>
/// <param name="Id">Stable kebab-case id, e.g. <c>mllp.frame-too-large</c>.</param>
/// <param name="Sentence">What is wrong and what helps.</param>
/// <param name="Domain">Whose side it is on.</param>
/// <param name="Transient">True when the same request may succeed later; transient refusals are never remembered as answers.</param>
public sealed record Refusal(string Id, string Sentence, FailureDomain Domain, bool Transient = false);

/// <summary>A refusal on its way up to the edge that answers with it.</summary>
public sealed class RefusalException(Refusal refusal) : Exception($"{refusal.Id}: {refusal.Sentence}")
{
    public Refusal Refusal { get; } = refusal;
}
