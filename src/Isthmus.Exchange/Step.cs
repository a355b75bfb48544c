namespace Isthmus.Exchange;

/// <summary>One step of a message's way, as shown on its trace.</summary>
/// <param name="Name">The stage's name, e.g. <c>identify</c>.</param>
/// <param name="Outcome"><c>continue</c>, <c>quarantine</c>, <c>refuse</c> or <c>ask-human</c>.</param>
/// <param name="Rules">Ids of the findings raised in this step.</param>
/// <param name="Version">The version of what decided (contract, map, terminology, policy), or empty.</param>
/// <param name="Milliseconds">Wall time spent.</param>
public sealed record Step(string Name, string Outcome, IReadOnlyList<string> Rules, string Version, double Milliseconds);
