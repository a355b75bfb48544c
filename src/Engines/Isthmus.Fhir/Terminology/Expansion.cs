using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>What to expand.</summary>
public sealed record ExpansionRequest
{
    /// <summary>Only codes whose code or display contains this text, in any case.</summary>
    public string? Filter { get; init; }

    public int Offset { get; init; }

    /// <summary>At most so many; null for all, of which there may be <see cref="Expansion.MaxCodes"/>.</summary>
    public int? Count { get; init; }

    public bool ActiveOnly { get; init; }
}

public sealed record ExpandedCode(string System, string Code, string? Display, bool IsAbstract, bool IsInactive);

/// <summary>The codes of a value set.</summary>
/// <param name="Total">How many there are before paging.</param>
/// <param name="Codes">The page, in the order of the definition.</param>
/// <param name="IsComplete">Whether every code that belongs is counted; false where a grammar or an absent code system takes part.</param>
/// <param name="Findings">Why it is not complete, which supplements there are, or that it is too large.</param>
public sealed record Expansion(int Total, IReadOnlyList<ExpandedCode> Codes, bool IsComplete, IReadOnlyList<TerminologyFinding> Findings)
{
    /// <summary>More are not listed at once without paging; FHIR calls that too costly.</summary>
    public const int MaxCodes = 10_000;

    public static Expansion Of(TerminologySet terminology, CompiledValueSet set, ExpansionRequest request)
    {
        var findings = new List<TerminologyFinding>(set.Findings);
        var codes = set.Listed.Select(listed => Expanded(terminology, listed.Key, listed.Concept)).Where(code => Passes(code, request)).ToList();
        findings.AddRange(codes.Select(code => code.System).Distinct(StringComparer.Ordinal).Where(system => terminology.Supplements(system).Any()).Select(system => TerminologyRules.SupplementUsed.At(system)));
        if (!set.IsClosed)
        {
            findings.Add(TerminologyRules.ExpansionOpen.At(set.Canonical));
        }

        if (request.Count is null && codes.Count > MaxCodes)
        {
            findings.Add(TerminologyRules.TooCostly.At(set.Canonical));
            return new Expansion(codes.Count, [], false, findings);
        }

        return new Expansion(codes.Count, [.. codes.Skip(request.Offset).Take(request.Count ?? MaxCodes)], set.IsClosed, findings);
    }

    private static ExpandedCode Expanded(TerminologySet terminology, CodeKey key, FhirElement concept)
    {
        var model = terminology.CodeSystem(key.System);
        var own = model?.IndexOf(key.Code) is >= 0 and var index ? model.Concepts[index].Element : default;
        return new ExpandedCode(
            key.System,
            key.Code,
            concept["display"u8].AsString() ?? own["display"u8].AsString(),
            concept["abstract"u8].AsBoolean() == true || CodeSystemModel.IsAbstract(own),
            concept["inactive"u8].AsBoolean() == true || CodeSystemModel.IsInactive(own));
    }

    private static bool Passes(ExpandedCode code, ExpansionRequest request) =>
        !(request.ActiveOnly && code.IsInactive)
        && (request.Filter is not { } filter
            || code.Code.Contains(filter, StringComparison.OrdinalIgnoreCase)
            || code.Display?.Contains(filter, StringComparison.OrdinalIgnoreCase) == true);
}
