using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Trust.Consent.Decision;

/// <summary>
/// Decides by a jurisdiction's policy and the person's consents. A pure function without a failing path: what is
/// missing, unknown, unreadable or contradictory is a denial with its reason.
/// <para>
/// 1. No policy, purpose or law: deny. 2. The policy needs no consent for the purpose: permit, unless it honours
/// refusals and one is on file. 3. It needs one (or the data is of a kind that does): every part of the data must be
/// permitted by a consent that is active, in force, addressed to the recipient and not contradicted.
/// </para>
/// </summary>
public static class ConsentDecider
{
    public static ConsentDecision Decide(ConsentPolicy? policy, IReadOnlyList<ConsentDirective> directives, ConsentRequest request)
    {
        // 1. The ground.
        if (policy is null)
        {
            return new ConsentDecision(ConsentEffect.Deny, ConsentReasons.PolicyMissing, string.Empty, []);
        }

        if (string.IsNullOrEmpty(request.Purpose))
        {
            return Deny(policy, ConsentReasons.PurposeMissing);
        }

        if (request.Jurisdiction != policy.Jurisdiction)
        {
            return Deny(policy, ConsentReasons.JurisdictionUncovered);
        }

        if (!policy.Purposes.TryGetValue(request.Purpose, out var rule))
        {
            return Deny(policy, ConsentReasons.PurposeUnknown);
        }

        if (rule.Consent == ConsentNeed.Forbidden)
        {
            return Deny(policy, ConsentReasons.PurposeForbidden);
        }

        var theirs = directives.Where(d => request.Persons.Contains(d.Person)).ToList();
        var parts = request.Data.Count == 0 ? [DataFacts.Unknown] : request.Data;
        var deciding = new SortedSet<string>(StringComparer.Ordinal);
        var reason = ConsentReasons.NoneRequired;
        foreach (var part in parts)
        {
            var needed = rule.Consent == ConsentNeed.Required || IsSensitive(part, rule);
            var file = ConsentsOnFile.Judge(theirs, request, part, policy);
            var (permits, why) = needed ? file.WhereNeeded(policy.Precedence) : file.WhereNotNeeded(rule.HonoursRefusal, policy.Precedence);
            if (!permits)
            {
                return Deny(policy, why, file.Deciding(why));
            }

            // 3 outranks 2 in what is told: a consent that carried any part is named.
            reason = why == ConsentReasons.PermitOnFile ? why : reason;
            deciding.UnionWith(file.Deciding(why));
        }

        return new ConsentDecision(ConsentEffect.Permit, reason, policy.Id, [.. deciding]);
    }

    /// <summary>
    /// What of the data the answer can turn on. Most consents speak of purposes and recipients only, and gathering facts
    /// means reading the content.
    /// </summary>
    public static FactsNeeded Needs(ConsentPolicy? policy, string? purpose, IReadOnlyList<ConsentDirective> directives) =>
        policy is null || purpose is null || !policy.Purposes.TryGetValue(purpose, out var rule) ? FactsNeeded.None
        : directives.Any(d => d.Root is { } root && LooksAtData(root)) ? FactsNeeded.All
        : rule.Consent != ConsentNeed.Required && rule.SensitiveLabels.Count > 0 ? FactsNeeded.Labels
        : FactsNeeded.None;

    private static bool LooksAtData(ConsentProvision rule) =>
        rule.DataPeriod is not null || rule.Labels.Count > 0 || rule.Classes.Count > 0 || rule.Codes.Count > 0 || rule.Data.Count > 0
        || rule.Exceptions.Any(LooksAtData);

    /// <summary>Data that nobody has labelled may be of the kind that the law protects more.</summary>
    private static bool IsSensitive(DataFacts part, PurposeRule rule) =>
        rule.SensitiveLabels.Count > 0 && (part.Labels is null || part.Labels.Any(rule.SensitiveLabels.Contains));

    private static ConsentDecision Deny(ConsentPolicy policy, string reason, IEnumerable<string>? consents = null) =>
        new(ConsentEffect.Deny, reason, policy.Id, [.. consents ?? []]);
}

/// <summary>What a decision needs to know of the data before it: <see cref="ConsentRequest.Data"/>.</summary>
public enum FactsNeeded
{
    /// <summary>The data may be left empty.</summary>
    None,

    /// <summary>Security labels, of all parts together.</summary>
    Labels,

    /// <summary>Every fact of each part on its own.</summary>
    All,
}
