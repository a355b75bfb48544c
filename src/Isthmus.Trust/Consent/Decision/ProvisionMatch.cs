using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Trust.Consent.Decision;

/// <summary>
/// Whether a rule applies, and what it comes to with its exceptions. Where a fact is not known, a refusal applies and a
/// permit does not.
/// </summary>
internal readonly struct ProvisionMatch(ConsentRequest request, DataFacts data, TimeZoneInfo zone, bool hierarchy)
{
    /// <summary>Information recipient and primary information recipient (v3 ParticipationType); other roles are not addressed by a disclosure.</summary>
    private static readonly string[] RecipientRoles = ["IRCP", "PRCP"];

    /// <summary>The effect of a rule, or null when it does not apply.</summary>
    /// <param name="skipPeriod">For the root, whose period the caller judges in order to say why.</param>
    public bool? Effect(ConsentProvision rule, bool skipPeriod = false)
    {
        if (!Applies(rule, skipPeriod))
        {
            return null;
        }

        bool? exception = null;
        foreach (var below in rule.Exceptions)
        {
            switch (Effect(below))
            {
                case false:
                    // Of siblings that both apply the refusal holds, in whatever order they stand.
                    return false;
                case true:
                    exception = true;
                    break;
            }
        }

        return exception ?? rule.Permits;
    }

    private bool Applies(ConsentProvision rule, bool skipPeriod)
    {
        var unknown = !rule.Permits;
        return (skipPeriod || rule.Period is null || InForce(rule.Period))
            && Any(rule.Purposes, request.Purpose, unknown)
            && Any(rule.Actions, request.Action, unknown)
            && (rule.Actors.Count == 0 || rule.Actors.Any(Addresses))
            && Any(rule.Classes, data.Class, unknown)
            && AnyOf(rule.Labels, data.Labels, unknown)
            && AnyOf(rule.Codes, data.Codes, unknown)
            && (rule.Data.Count == 0 || Names(rule.Data, unknown))
            && (rule.DataPeriod is null || Arose(rule.DataPeriod, rule.Permits));
    }

    private bool InForce(ConsentPeriod period) =>
        (period.Start is null || period.Start.First(zone) <= request.At) && (period.End is null || request.At < period.End.After(zone));

    private bool Addresses(ConsentActor actor) =>
        RecipientRoles.Contains(actor.Role)
        && (request.Recipient.Contains(actor.Reference) || (hierarchy && request.RecipientWithin.Contains(actor.Reference)));

    /// <summary>Data that only partly falls into the period: a refusal covers it, a permit does not.</summary>
    private bool Arose(ConsentPeriod period, bool permits)
    {
        if (data.Period is not { } arose)
        {
            return !permits;
        }

        var from = period.Start?.First(zone) ?? DateTimeOffset.MinValue;
        var until = period.End?.After(zone) ?? DateTimeOffset.MaxValue;
        return permits ? from <= arose.From && arose.To < until : arose.From < until && from <= arose.To;
    }

    private bool Names(IReadOnlyList<ConsentData> named, bool unknown)
    {
        foreach (var one in named)
        {
            var hit = one.Authored
                ? data.Authors?.Contains(one.Reference) ?? unknown
                : data.Reference is { } reference ? reference == one.Reference : unknown;
            if (hit)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Any(IReadOnlyList<string> wanted, string? fact, bool unknown) =>
        wanted.Count == 0 || (fact is null ? unknown : wanted.Contains(fact));

    private static bool AnyOf(IReadOnlyList<string> wanted, IReadOnlyList<string>? facts, bool unknown) =>
        wanted.Count == 0 || (facts is null ? unknown : facts.Any(wanted.Contains));
}
