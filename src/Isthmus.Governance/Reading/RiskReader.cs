using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

internal enum Criticality
{
    Low,
    Moderate,
    High,
}

/// <summary>What a contract says of its own risk; the tier is computed, never declared.</summary>
internal sealed record RiskDraft(
    Criticality Criticality,
    IReadOnlyList<(Waiver Waiver, Section Section)> Waivers,
    Approval? Approval,
    Section? ApprovalSection);

internal static class RiskReader
{
    public static RiskDraft Read(Section root)
    {
        var approval = root.OptionalSub("approval");
        return new RiskDraft(
            root.Choice<Criticality>("operational-criticality", "says what stops when this stops"),
            [.. root.Each("waivers").Select(w => (Waiver(w), w))],
            approval is null ? null : Approval(approval),
            approval);
    }

    private static Waiver Waiver(Section waiver) => new(
        waiver.Text("control", "names what is missing"),
        Words.Sentence(waiver, "reason", "says why it may be missing for now"),
        waiver.Text("approved-by", "names who answers for it"),
        waiver.Value<DateOnly>("expires", "ends it", Quantities.TryDate, "a date such as 2027-06-30"));

    private static Approval Approval(Section approval) => new(
        approval.Text("proposed-by", "names who wrote this version"),
        approval.Text("approved-by", "names who looked at it"),
        approval.Value<DateOnly>("on", "dates the approval", Quantities.TryDate, "a date such as 2026-11-20"),
        approval.Pairs("sign-offs", "names who signed for each role").ToDictionary(s => s.Name, s => s.Text, StringComparer.Ordinal));
}
