namespace Isthmus.Exchange.Contracts;

public enum RiskTier
{
    Low,
    Moderate,
    High,
}

/// <summary>How the contract scores, computed from its terms, and what follows from the score.</summary>
/// <param name="Tier">Fixes controls and sign-offs.</param>
/// <param name="Scores">Each aspect with its score from 0 to 3 and the reason in words.</param>
/// <param name="Controls">Controls that the tier requires and the contract has, or has a waiver for.</param>
/// <param name="Waivers">Named and expiring exceptions.</param>
/// <param name="Approval">Who proposed and who approved this version; never the same person.</param>
public sealed record RiskAssessment(
    RiskTier Tier,
    IReadOnlyList<RiskScore> Scores,
    IReadOnlyList<string> Controls,
    IReadOnlyList<Waiver> Waivers,
    Approval? Approval);

/// <param name="Aspect">E.g. <c>data-sensitivity</c>.</param>
public sealed record RiskScore(string Aspect, int Score, string Reason);

/// <param name="Control">The control that is missing for now.</param>
/// <param name="Expires">First day on which it no longer holds.</param>
public sealed record Waiver(string Control, string Reason, string ApprovedBy, DateOnly Expires);

/// <param name="SignOffs">Role (business, security, privacy, clinical) to who signed.</param>
public sealed record Approval(string ProposedBy, string ApprovedBy, DateOnly On, IReadOnlyDictionary<string, string> SignOffs);
