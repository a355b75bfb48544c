using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Trust.Consent.Decision;

/// <summary>A person's consents sorted by what they say to one request about one part of the data.</summary>
internal sealed class ConsentsOnFile
{
    /// <summary>Most persons have nothing on file, and a payload has many parts.</summary>
    private static readonly ConsentsOnFile None = new(TimeZoneInfo.Utc);

    private readonly List<ConsentDirective> permits = [];
    private readonly List<ConsentDirective> refusals = [];
    private readonly List<ConsentDirective> unreadable = [];
    private readonly List<ConsentDirective> expired = [];
    private readonly List<ConsentDirective> early = [];
    private readonly List<ConsentDirective> revoked = [];
    private readonly List<ConsentDirective> silent = [];
    private readonly TimeZoneInfo zone;

    private ConsentsOnFile(TimeZoneInfo zone) => this.zone = zone;

    public static ConsentsOnFile Judge(IReadOnlyList<ConsentDirective> directives, ConsentRequest request, DataFacts part, ConsentPolicy policy)
    {
        if (directives.Count == 0)
        {
            return None;
        }

        var file = new ConsentsOnFile(policy.Zone);
        var match = new ProvisionMatch(request, part, policy.Zone, policy.ActorHierarchy);
        foreach (var directive in directives)
        {
            file.PlaceOf(directive, match, request.At)?.Add(directive);
        }

        return file;
    }

    /// <summary>Where a consent is required.</summary>
    public (bool Permits, string Reason) WhereNeeded(ConsentPrecedence precedence) =>
        unreadable.Count > 0 ? (false, ConsentReasons.Unreadable)
        : Contradiction(precedence) is { } settled ? settled
        : permits.Count > 0 ? (true, ConsentReasons.PermitOnFile)
        : refusals.Count > 0 ? (false, ConsentReasons.Refused)
        : expired.Count > 0 ? (false, ConsentReasons.Expired)
        : early.Count > 0 ? (false, ConsentReasons.NotYetValid)
        : revoked.Count > 0 ? (false, ConsentReasons.Revoked)
        : silent.Count > 0 ? (false, ConsentReasons.NotCovered)
        : (false, ConsentReasons.Absent);

    /// <summary>Where none is required, only a refusal that the policy honours stands in the way.</summary>
    public (bool Permits, string Reason) WhereNotNeeded(bool honoursRefusal, ConsentPrecedence precedence) =>
        !honoursRefusal ? (true, ConsentReasons.NoneRequired)
        : unreadable.Count > 0 ? (false, ConsentReasons.Unreadable)
        : Contradiction(precedence) is { Permits: false } settled ? settled
        : refusals.Count > 0 && permits.Count == 0 ? (false, ConsentReasons.Refused)
        : (true, ConsentReasons.NoneRequired);

    /// <summary>The consents behind a reason.</summary>
    public IEnumerable<string> Deciding(string reason) => (reason switch
    {
        ConsentReasons.PermitOnFile => permits,
        ConsentReasons.Refused => refusals,
        ConsentReasons.Conflict => permits.Concat(refusals),
        ConsentReasons.Unreadable => unreadable,
        ConsentReasons.Expired => expired,
        ConsentReasons.NotYetValid => early,
        ConsentReasons.Revoked => revoked,
        ConsentReasons.NotCovered => silent,
        _ => [],
    }).Select(d => d.Name);

    /// <summary>Settles a permit and a refusal that both apply; null when there is nothing to settle.</summary>
    private (bool Permits, string Reason)? Contradiction(ConsentPrecedence precedence)
    {
        if (permits.Count == 0 || refusals.Count == 0)
        {
            return null;
        }

        if (precedence == ConsentPrecedence.DenyWins)
        {
            return (false, ConsentReasons.Conflict);
        }

        // An undated refusal may be the newest, an undated permit may be the oldest.
        var permitted = permits.Max(d => d.Issued?.First(zone) ?? DateTimeOffset.MinValue);
        var refused = refusals.Max(d => d.Issued?.First(zone) ?? DateTimeOffset.MaxValue);
        return permitted > refused ? (true, ConsentReasons.PermitOnFile)
            : permitted < refused ? (false, ConsentReasons.Refused)
            : (false, ConsentReasons.Conflict);
    }

    private List<ConsentDirective>? PlaceOf(ConsentDirective directive, ProvisionMatch match, DateTimeOffset at)
    {
        if (directive.Status != ConsentStatus.Active)
        {
            // Only what would have permitted is worth telling as revoked; drafts and errors say nothing.
            return directive is { Status: ConsentStatus.Inactive, Root: { } past } && match.Effect(past, skipPeriod: true) == true ? revoked : null;
        }

        if (directive.Root is not { } root)
        {
            return unreadable;
        }

        var effect = match.Effect(root, skipPeriod: true);
        if (effect is null)
        {
            return silent;
        }

        if (root.Period?.Start is { } start && at < start.First(zone))
        {
            return effect.Value ? early : silent;
        }

        if (root.Period?.End is { } end && end.After(zone) <= at)
        {
            return effect.Value ? expired : silent;
        }

        return effect.Value ? permits : refusals;
    }
}
