using System.Globalization;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>
/// Something that can be wrong: a stable id, how much it weighs, and one sentence. The sentence's places are filled with words
/// of the definitions (element names, codes, canonical URLs), never with values of the instance, which may be PHI.
/// </summary>
/// <param name="Id">Stable, kebab-case, begins with <c>fhir.</c>.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Code">The OperationOutcome's issue code (FHIR R4, issue-type).</param>
/// <param name="Sentence">What is wrong and what was expected.</param>
/// <param name="Example">An instance on which the rule speaks, for the catalogue.</param>
/// <param name="Remedy">What to do about it, for the catalogue.</param>
public sealed record FindingRule(string Id, FindingSeverity Severity, string Code, string Sentence, string Example, string Remedy)
{
    internal string Say(string? first, string? second, string? third) =>
        first is null ? Sentence : string.Format(CultureInfo.InvariantCulture, Sentence, first, second, third);
}
