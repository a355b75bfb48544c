using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>What is critical, and who the patient is: <c>critical</c> and <c>identity</c> of a contract.</summary>
internal static class ClinicalReader
{
    public static CriticalTerms Critical(Section? critical) => critical is null ? CriticalTerms.None : new(
        Words.Name(critical, "signal", "names the signal that workflows start on"),
        critical.Texts("flags").ToHashSet(StringComparer.Ordinal),
        [.. critical.Each("limits").Select(Limit)]);

    public static IdentityTerms Identity(Section identity) => new(
        [.. identity.Each("identifiers", "lists the identifiers that identify a patient").Select(Identifier)],
        identity.Values<FieldLocation>("compare", null, Quantities.TryLocation, Quantities.LocationShape),
        identity.Choice<UnknownPatient>("when-unknown", "says what happens to a patient never seen"),
        identity.Choice<DemographicConflict>("when-conflicting", "says what happens when the record disagrees"),
        identity.Choice("demographics", DemographicStanding.Secondary),
        identity.Choice("merges", MergeTrust.Review));

    private static CriticalLimit Limit(Section limit)
    {
        var below = limit.Optional<decimal>("below", Quantities.TryDecimal, "a decimal number");
        var above = limit.Optional<decimal>("above", Quantities.TryDecimal, "a decimal number");
        if (below is null && above is null)
        {
            limit.Fault("analyte", SiteRules.LimitEmpty, "A limit needs `below`, `above` or both.");
        }
        else if (below >= above)
        {
            limit.Fault("above", SiteRules.LimitEmpty, "`above` must be greater than `below`, else every value is critical.");
        }

        return new CriticalLimit(
            limit.Text("analyte", "names the analyte in words"),
            limit.Values<AnalyteCode>("codes", "lists the codes it answers to", TryCode, "a coding system and code such as L:K or LN:2823-3"),
            limit.Text("unit", "gives the limits their meaning"),
            below,
            above);
    }

    private static TrustedIdentifier Identifier(Section identifier) => new(
        identifier.Text("assigner", "is compared with PID-3.4"),
        identifier.Text("type", "is compared with PID-3.5"),
        identifier.Text("system", "is the FHIR identifier system it becomes"));

    private static bool TryCode(string text, out AnalyteCode code)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        code = colon > 0 ? new AnalyteCode(text[..colon], text[(colon + 1)..]) : default;
        return colon > 0 && colon < text.Length - 1;
    }
}
