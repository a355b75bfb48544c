using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>One file of <c>policies/</c>: a jurisdiction's rules on consent.</summary>
internal static class PolicyReader
{
    public static ConsentPolicy Read(Section root)
    {
        Words.OneOf(root, "default", "must be stated, and is deny: what no purpose names is not permitted", "deny");
        return new ConsentPolicy(
            Words.Name(root, "policy", "names the policy on every decision"),
            Words.Version(root, "version", "stands on every decision"),
            root.Text("jurisdiction", "says where the rules hold"),
            root.Value<TimeZoneInfo>("zone", "says when a day begins and ends", Quantities.TryZone, Quantities.ZoneShape) ?? TimeZoneInfo.Utc,
            root.Choice<ConsentPrecedence>("precedence", "says which of two contradicting consents holds"),
            root.Flag("actor-hierarchy", otherwise: false),
            root.Named("purposes", "says which purposes exist and what each needs").ToDictionary(p => p.Name, p => Purpose(p.Section)));
    }

    private static PurposeRule Purpose(Section purpose) => new(
        purpose.Choice<ConsentNeed>("consent", "says whether the person is asked"),
        purpose.Choice<LawfulBasis>("basis", "names the legal basis"),
        purpose.Flag("honours-refusal", otherwise: true),
        purpose.Texts("sensitive-labels").ToHashSet(StringComparer.Ordinal),
        purpose.Text("cites", "names the clause it rests on"));
}
