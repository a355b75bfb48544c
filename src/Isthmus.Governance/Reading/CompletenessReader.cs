using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>The <c>completeness</c> of a contract.</summary>
internal static class CompletenessReader
{
    public static CompletenessTerms Read(Section? completeness) => completeness is null
        ? CompletenessTerms.None
        : new CompletenessTerms([.. completeness.Each("critical").Select(Gap)], [.. completeness.Each("findings").Select(Rule)]);

    private static CriticalGap Gap(Section gap) => new(
        gap.Value<FieldLocation>("field", "names the field that a person must supply", Quantities.TryLocation, Quantities.LocationShape),
        gap.Texts("messages"),
        gap.Text("why", "tells whoever takes the task what cannot be done without it"));

    private static FindingRule Rule(Section rule) => new(
        rule.Text("finding", "is a finding's rule, or its beginning with `*`"),
        rule.OptionalText("at") ?? string.Empty,
        rule.Choice<FindingAction>("then", "says what becomes of the message"));
}
