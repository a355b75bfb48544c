using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Checks;

/// <summary>Each destination exists, has a purpose that the policy knows, a matching basis, and no scope it does not need.</summary>
internal static class DestinationChecks
{
    public static void Check(ContractDraft draft, Settings settings, ConsentPolicy? policy)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (terms, section) in draft.Contract.Destinations.Zip(draft.Destinations))
        {
            if (!names.Add(terms.Name))
            {
                section.Fault("name", SiteRules.DestinationTwice, $"`{terms.Name}` is a destination of this contract already.");
            }

            if (!settings.Destinations.TryGetValue(terms.Name, out var connector) && terms.Name.Length > 0)
            {
                section.Fault("name", SiteRules.DestinationUnknown,
                    $"Destination `{terms.Name}` is not in isthmus.yaml.{Nearest.Hint(terms.Name, settings.Destinations.Keys)}");
            }

            if (policy is not null && terms.ConsentPurpose.Length > 0
                && PolicyChecks.CheckPurpose(terms.ConsentPurpose, section, policy) is { } rule && rule.Basis != terms.Basis)
            {
                section.Fault("basis", SiteRules.BasisMismatch, $"Policy `{policy.Id}` puts purpose `{terms.ConsentPurpose}` on another basis.");
            }

            foreach (var element in terms.Derive.Keys.Where(e => !terms.Elements.Contains(e)))
            {
                section.Fault("derive", SiteRules.DeriveUnused, $"`{element}` is derived for `{terms.Name}`, and no field with that reader becomes it.");
            }

            if (connector?.Kind == ConnectorKind.Mllp && terms.Form != PayloadForm.Full)
            {
                section.Fault("form", SiteRules.FormUnsupported,
                    $"`{terms.Name}` takes HL7 v2 messages, which are written from the whole; a minimised copy goes to a FHIR server or a webhook.");
            }

            CheckScopes(terms, section, connector);
        }
    }

    /// <summary>Least privilege both ways: every scope serves an element, every resource written has its scope.</summary>
    private static void CheckScopes(DestinationTerms terms, Section section, DestinationSettings? connector)
    {
        var scoped = terms.Scopes.Select(ResourceOf).ToHashSet(StringComparer.Ordinal);
        var carried = terms.Elements.Select(e => e.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var scope in terms.Scopes.Where(s => !carried.Contains(ResourceOf(s))))
        {
            section.Fault("scopes", SiteRules.ScopeUnused, $"Scope `{scope}` serves no field that `{terms.Name}` may have.");
        }

        if (connector?.Kind == ConnectorKind.FhirRest)
        {
            foreach (var resource in carried.Where(r => !scoped.Contains(r)).Order(StringComparer.Ordinal))
            {
                section.Fault("scopes", SiteRules.ScopeMissing, $"Fields for `{terms.Name}` become {resource}, and no scope covers it.");
            }
        }
    }

    /// <summary>SMART v2: <c>system/Observation.cu</c>.</summary>
    private static string ResourceOf(string scope)
    {
        var from = scope.IndexOf('/', StringComparison.Ordinal) + 1;
        var to = scope.IndexOf('.', from);
        return to < 0 ? scope[from..] : scope[from..to];
    }
}
