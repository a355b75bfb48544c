using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Terminology;

/// <summary>
/// Evaluates a ValueSet's definition (FHIR R4 valueset.html#compositions): includes added up, excludes taken away; within an
/// include, system, concepts, filters and value sets all hold. What cannot be evaluated becomes unknown, with a finding.
/// </summary>
internal sealed class ValueSetCompiler(TerminologySet terminology)
{
    private const int MaxDepth = 64;

    private readonly Dictionary<string, CodeSet> made = new(StringComparer.Ordinal);
    private readonly List<string> open = [];
    private readonly List<TerminologyFinding> findings = [];

    public IReadOnlyList<TerminologyFinding> Findings => findings;

    public CodeSet Of(string canonical)
    {
        if (made.TryGetValue(canonical, out var done))
        {
            return done;
        }

        var rule = open.Contains(canonical) ? TerminologyRules.ValueSetCycle : open.Count >= MaxDepth ? TerminologyRules.ValueSetTooDeep : null;
        var resource = rule is null ? terminology.Definitions.Find(canonical) : default;
        if (!resource["resourceType"u8].TextEquals("ValueSet"u8))
        {
            return Unknown(rule ?? TerminologyRules.ValueSetUnknown, canonical);
        }

        open.Add(canonical);
        var set = Of(resource, canonical);
        open.RemoveAt(open.Count - 1);
        made[canonical] = set;
        return set;
    }

    /// <summary>A ValueSet that need not be among the definitions: one contained in a resource.</summary>
    public CodeSet Of(FhirElement valueSet, string canonical)
    {
        CheckSupplements(valueSet, canonical);
        var set = CodeSet.Nothing();
        var compose = valueSet["compose"u8];
        var activeOnly = compose["inactive"u8].AsBoolean() == false;
        foreach (var include in compose["include"u8])
        {
            set.Combine(SetOperation.Union, OfInclude(include, canonical, activeOnly));
        }

        foreach (var exclude in compose["exclude"u8])
        {
            set.Combine(SetOperation.Difference, OfInclude(exclude, canonical, activeOnly: false));
        }

        var isOpen = set.Elsewhere.Always != Membership.No || set.Rules.Values.Any(rule => rule.Always != Membership.No);
        if (valueSet["expansion"u8].Exists && (isOpen || !compose.Exists))
        {
            if (compose.Exists)
            {
                findings.Add(TerminologyRules.StoredExpansion.At(canonical));
            }

            set.Combine(SetOperation.Union, OfExpansion(valueSet["expansion"u8]));
        }

        return set;
    }

    /// <summary>A value set may need a supplement for its displays and properties (extension valueset-supplement).</summary>
    private void CheckSupplements(FhirElement valueSet, string canonical)
    {
        foreach (var extension in valueSet["extension"u8])
        {
            if (extension["url"u8].TextEquals("http://hl7.org/fhir/StructureDefinition/valueset-supplement"u8)
                && !terminology.Definitions.Find(extension["valueCanonical"u8].AsString() ?? string.Empty).Exists)
            {
                findings.Add(TerminologyRules.SupplementUnknown.At(canonical));
            }
        }
    }

    private CodeSet OfInclude(FhirElement include, string canonical, bool activeOnly)
    {
        CodeSet? set = include["system"u8].AsString() is { } system ? OfSystem(include, system, canonical, activeOnly) : null;
        foreach (var nested in include["valueSet"u8])
        {
            var imported = CodeSet.Nothing();
            imported.Combine(SetOperation.Union, Of(nested.AsString() ?? string.Empty));
            set?.Combine(SetOperation.Intersection, imported);
            set ??= imported;
        }

        return set ?? CodeSet.Nothing();
    }

    private CodeSet OfSystem(FhirElement include, string system, string canonical, bool activeOnly)
    {
        var set = CodeSet.Nothing();
        if (include["concept"u8].Exists)
        {
            foreach (var concept in include["concept"u8])
            {
                set.Add(system, concept["code"u8].AsString() ?? string.Empty, concept);
            }

            return set;
        }

        var version = include["version"u8].AsString();
        if (terminology.CodeSystem(version is null ? system : $"{system}|{version}") is not { } model)
        {
            set.Rule(system, OfGrammar(include, system, canonical));
            if (CodeGrammars.Of(system) is null)
            {
                findings.Add((version is not null && terminology.CodeSystem(system) is not null ? TerminologyRules.CodeSystemVersion : TerminologyRules.CodeSystemUnknown).At(system));
            }

            return set;
        }

        findings.AddRange(model.Findings);
        if (!model.IsComplete)
        {
            findings.Add(TerminologyRules.CodeSystemIncomplete.At(system));
            set.Rule(system, OfGrammar(include, system, canonical));
        }

        if (Filters(include, model, canonical) is not { } filters)
        {
            set.Rule(system, CodeRule.Unknown);
            return set;
        }

        // Where only part of a system is here, what is missing may make a concept pass that seems to fail, or fail where a filter denies.
        var isSure = model.IsComplete || !filters.Exists(filter => filter.Denies);
        for (var concept = 0; concept < model.Concepts.Count; concept++)
        {
            var (code, element) = model.Concepts[concept];
            var answer = activeOnly && CodeSystemModel.IsInactive(element) ? Membership.No
                : filters.TrueForAll(filter => filter.Passes(concept)) ? (isSure ? Membership.Yes : Membership.Unknown)
                : model.IsComplete ? Membership.No : Membership.Unknown;
            if (answer != Membership.No || !model.IsComplete)
            {
                set.Add(system, code, element, answer);
            }
        }

        return set;
    }

    private List<ConceptFilter>? Filters(FhirElement include, CodeSystemModel model, string canonical)
    {
        var filters = new List<ConceptFilter>();
        foreach (var filter in include["filter"u8])
        {
            var (compiled, refusal) = ConceptFilter.Compile(filter, model);
            if (compiled is null)
            {
                findings.Add(refusal!.At(canonical));
                return null;
            }

            filters.Add(compiled);
        }

        return filters;
    }

    /// <summary>The codes of a system that is not here, or not in full.</summary>
    private CodeRule OfGrammar(FhirElement include, string system, string canonical)
    {
        if (CodeGrammars.Of(system) is not { } grammar)
        {
            return CodeRule.Unknown;
        }

        var rule = CodeRule.Grammar(grammar);
        foreach (var filter in include["filter"u8])
        {
            if (system == Ucum.System && filter["property"u8].TextEquals("canonical"u8) && filter["op"u8].TextEquals("="u8) && Ucum.Unit(filter["value"u8].Text) is { } unit)
            {
                rule = CodeRule.Combine(SetOperation.Intersection, rule, CodeRule.Grammar(CodeGrammars.UnitsLike(unit)));
                continue;
            }

            findings.Add(TerminologyRules.FilterOutside.At(canonical));
            rule = CodeRule.Combine(SetOperation.Intersection, rule, CodeRule.Unknown);
        }

        return rule;
    }

    private static CodeSet OfExpansion(FhirElement expansion)
    {
        var set = CodeSet.Nothing();
        var next = new Stack<FhirElement>([expansion["contains"u8].FirstChild]);
        while (next.TryPop(out var contains))
        {
            if (!contains.Exists)
            {
                continue;
            }

            if (contains["system"u8].AsString() is { } system && contains["code"u8].AsString() is { } code)
            {
                set.Add(system, code, contains);
            }

            next.Push(contains.Next);
            next.Push(contains["contains"u8].FirstChild);
        }

        return set;
    }

    private CodeSet Unknown(TerminologyRule rule, string canonical)
    {
        findings.Add(rule.At(canonical));
        return CodeSet.Unknown();
    }
}
