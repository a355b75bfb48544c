using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>The answer to "is this code in that value set", with what one should know about it.</summary>
/// <param name="Result">Yes, no, or unknown with a finding that says why.</param>
/// <param name="Display">What the definitions call the code; null if they do not say.</param>
/// <param name="Findings">A display that differs is a finding here and changes no result.</param>
public sealed record CodeValidation(Membership Result, string? Display, IReadOnlyList<TerminologyFinding> Findings)
{
    /// <summary>A code with its system, or (<paramref name="system"/> null) the value of an element of type <c>code</c>.</summary>
    public static CodeValidation Of(TerminologySet terminology, CompiledValueSet set, string? system, string code, string? display = null)
    {
        var bytes = Encoding.UTF8.GetBytes(code);
        var result = system is null ? set.ContainsCode(bytes) : set.Contains(Encoding.UTF8.GetBytes(system), bytes);
        var findings = new List<TerminologyFinding>();
        if (result == Membership.No)
        {
            findings.Add(TerminologyRules.NotInValueSet.At(set.Canonical));
        }
        else if (result == Membership.Unknown)
        {
            findings.AddRange(set.Findings);
        }

        if (system is { Length: 0 })
        {
            findings.Add(TerminologyRules.SystemMissing.At(set.Canonical));
        }

        var known = Displays(terminology, set, system, code).ToList();
        if (display is not null && known.Count > 0 && !known.Exists(name => SameText(name, display)))
        {
            findings.Add(TerminologyRules.DisplayDiffers.At(set.Canonical));
        }

        return new CodeValidation(result, known.FirstOrDefault(), findings);
    }

    /// <summary>A Coding element. A no becomes unknown where the Coding names another version of the code system than is here.</summary>
    public static CodeValidation OfCoding(TerminologySet terminology, CompiledValueSet set, FhirElement coding)
    {
        if (coding["code"u8].AsString() is not { } code)
        {
            return new CodeValidation(Membership.No, null, [TerminologyRules.CodeMissing.At(set.Canonical)]);
        }

        var system = coding["system"u8].AsString() ?? string.Empty;
        var found = Of(terminology, set, system, code, coding["display"u8].AsString());
        return found.Result == Membership.No && coding["version"u8].AsString() is { } version && terminology.CodeSystem(system) is { Version: { } own } && own != version
            ? found with { Result = Membership.Unknown, Findings = [.. found.Findings, TerminologyRules.CodeSystemVersion.At(system)] }
            : found;
    }

    /// <summary>A CodeableConcept: yes if one of its codings is in, unknown if one may be.</summary>
    public static CodeValidation OfConcept(TerminologySet terminology, CompiledValueSet set, FhirElement concept)
    {
        CodeValidation? best = null;
        foreach (var coding in concept["coding"u8])
        {
            var found = OfCoding(terminology, set, coding);
            best = best is null || found.Result > best.Result ? found : best;
        }

        return best ?? new CodeValidation(Membership.No, null, [TerminologyRules.CodeMissing.At(set.Canonical)]);
    }

    /// <summary>Whatever can be bound: a code (or another primitive), a Coding, a CodeableConcept; of a Quantity, its unit.</summary>
    public static CodeValidation OfElement(TerminologySet terminology, CompiledValueSet set, FhirElement element) =>
        element.Kind != FhirKind.Object ? Of(terminology, set, null, element.AsString() ?? string.Empty)
        : element["coding"u8].Exists || !element["code"u8].Exists ? OfConcept(terminology, set, element)
        : OfCoding(terminology, set, element);

    /// <summary>What a code may be called: by the value set, the code system, and its designations in any language.</summary>
    internal static IEnumerable<string> Displays(TerminologySet terminology, CompiledValueSet set, string? system, string code)
    {
        var systems = system is null ? set.Listed.Where(listed => listed.Key.Code == code).Select(listed => listed.Key.System).Take(1) : [system];
        foreach (var own in systems)
        {
            var model = terminology.CodeSystem(own);
            var concept = model?.IndexOf(code) is >= 0 and var index ? model.Concepts[index].Element : default;
            foreach (var source in (FhirElement[])[set.ConceptOf(own, code), concept])
            {
                if (source["display"u8].AsString() is { } name)
                {
                    yield return name;
                }

                foreach (var designation in source["designation"u8])
                {
                    if (designation["value"u8].AsString() is { } other)
                    {
                        yield return other;
                    }
                }
            }
        }
    }

    /// <summary>Displays compare without regard to case and runs of white space (FHIR R4 terminologies.html#display).</summary>
    private static bool SameText(string left, string right) =>
        string.Equals(Squeezed(left), Squeezed(right), StringComparison.OrdinalIgnoreCase);

    private static string Squeezed(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
