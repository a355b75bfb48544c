using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Checks;

/// <summary>The field-level data contract: every field with a reason, a use and readers who may have it.</summary>
internal static class FieldChecks
{
    public static void Check(ContractDraft draft)
    {
        var contract = draft.Contract;
        var destinations = contract.Destinations.Select(d => d.Name).ToList();
        var seen = new HashSet<FieldLocation>();
        foreach (var (term, section) in contract.Fields.Terms.Zip(draft.Fields))
        {
            CheckSource(term, section, seen);
            CheckUse(term, section);
            foreach (var reader in term.Readers.Where(r => !destinations.Contains(r)))
            {
                section.Fault("readers", SiteRules.ReaderUnknown,
                    $"Reader `{reader}` is no destination of this contract.{Nearest.Hint(reader, destinations)}");
            }

            CheckMinimised(term, section, contract);
            if (term.Retention > contract.Retention.Records && term.Elements.Count > 0)
            {
                section.Fault("retention", SiteRules.FieldRetention, "The field would outlive the record it is in; see `retention.records`.");
            }
        }
    }

    private static void CheckSource(FieldTerm term, Section section, HashSet<FieldLocation> seen)
    {
        var derived = term.Rule == FieldRule.Derived;
        if (derived == section.Has("source"))
        {
            section.Fault("source", SiteRules.FieldSource, derived
                ? "A derived field is made here and has no `source`."
                : "`source` is missing: only a derived field has none.");
        }

        if (term.Source is { } source && !seen.Add(source))
        {
            section.Fault("source", SiteRules.FieldTwice, $"`{source}` is listed already.");
        }
    }

    private static void CheckUse(FieldTerm term, Section section)
    {
        if (term.Rule == FieldRule.Prohibited && (term.Elements.Count > 0 || term.Readers.Count > 0))
        {
            section.Fault("rule", SiteRules.FieldProhibitedUsed, "A prohibited field has neither `elements` nor `readers`.");
        }

        if (term.Readers.Count > 0 && term.Elements.Count == 0)
        {
            section.Fault("readers", SiteRules.FieldUnused, "Readers are named but the field becomes no element; name `elements`.");
        }
    }

    /// <summary>What identifies a person reaches a minimised destination only through a transform.</summary>
    private static void CheckMinimised(FieldTerm term, Section section, IntegrationContract contract)
    {
        if (term.Class != DataClass.Phi)
        {
            return;
        }

        foreach (var destination in contract.Destinations.Where(d => d.Form == PayloadForm.MinimisedPseudonymised && term.Readers.Contains(d.Name)))
        {
            foreach (var element in term.Elements.Where(e => !destination.Derive.ContainsKey(e)))
            {
                section.Fault("readers", SiteRules.PhiMinimised,
                    $"`{element}` is PHI and `{destination.Name}` is minimised: give it a `derive` transform there, or take the reader away.");
            }
        }
    }
}
