using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;
using Isthmus.Trust.Access;

namespace Isthmus.Governance.Checks;

/// <summary>What must hold of applications that call the API: their scopes are readable, and their class may have them.</summary>
internal static class ApiContractChecks
{
    /// <returns>The contracts, each with its consent policy.</returns>
    public static IReadOnlyList<ApiContract> Check(SiteReader read, Settings settings)
    {
        if (settings.Access is { } access)
        {
            Check(access, read.SettingsSection!);
        }

        var found = new List<ApiContract>();
        var policy = read.Access is { } terms && read.Faults.Count == 0 ? AccessPolicy.Compile(terms) : null;
        var names = read.Contracts.Select(c => c.Contract.Name).ToList();
        foreach (var (contract, root) in read.ApiContracts.Zip(read.ApiSections))
        {
            if (names.Contains(contract.Name))
            {
                root.Fault("contract", SiteRules.ContractTwice, $"A contract named `{contract.Name}` exists already.");
            }

            names.Add(contract.Name);
            found.Add(contract with { Policy = ConsentPolicyOf(contract, root, read.Policies) });
            if (settings.Access is null || read.Access is null)
            {
                root.Fault("kind", SiteRules.AccessMissing, "An application is let in only where isthmus.yaml has `access` and policies/access.yaml exists.");
            }

            CheckFeeds(contract, root, read.Contracts);
            if (contract.Scopes.Count == 0)
            {
                continue;
            }

            if (ScopeSet.TryParse(string.Join(' ', contract.Scopes), out var scopes) is { } unreadable)
            {
                root.Fault("scopes", SiteRules.ScopeUnreadable, unreadable.Sentence);
            }
            else if (policy?.RefuseBeyond(contract.Class, scopes) is { } beyond)
            {
                root.Fault("scopes", SiteRules.ScopeBeyondClass, beyond.Sentence);
            }
        }

        return found;
    }

    /// <summary>Both sides must agree: the application's contract names the feed, and the feed's contract is open to the door.</summary>
    private static void CheckFeeds(ApiContract contract, Section root, IReadOnlyList<ContractDraft> drafts)
    {
        foreach (var twice in contract.Feeds.GroupBy(f => f.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            root.Fault("feeds", SiteRules.FeedTwice, $"Feed `{twice.Key}` stands twice; as whom may the application speak for it?");
        }

        foreach (var feed in contract.Feeds.Where(f => f.Name.Length > 0))
        {
            var source = drafts.FirstOrDefault(d => d.Contract.Name == feed.Name)?.Contract.Source;
            if (source is null)
            {
                root.Fault("feeds", SiteRules.FeedUnknown, $"No contract is named `{feed.Name}`.{Nearest.Hint(feed.Name, drafts.Select(d => d.Contract.Name))}");
            }
            else if (!source.IsAtDoor)
            {
                root.Fault("feeds", SiteRules.FeedElsewhere, $"Contract `{feed.Name}` takes messages at its listener alone; `door: true` in its source opens it to the door.");
            }
            else if (feed.Senders.Except(source.Senders).FirstOrDefault() is { } stranger)
            {
                root.Fault("feeds", SiteRules.FeedSender, $"Contract `{feed.Name}` does not name the sender {stranger.Application}, {stranger.Facility}.");
            }
        }
    }

    /// <summary>The policy that it names; where it names none, the only one that there is.</summary>
    private static ConsentPolicy? ConsentPolicyOf(ApiContract contract, Section root, IReadOnlyList<ConsentPolicy> policies)
    {
        var policy = contract.Policy is { } named ? PolicyChecks.Find(named.Name, root, policies) : policies is [var only] ? only : null;
        if (policy is not null)
        {
            PolicyChecks.CheckPurpose(contract.ConsentPurpose, root, policy);
        }
        else if (contract.Policy is null && policies.Count > 1)
        {
            root.Fault("consent-policy", SiteRules.PolicyUnknown, "The site has several policies; say by which one consent is decided when this application reads.");
        }

        return policy;
    }

    private static void Check(AccessSettings access, Section root)
    {
        string[] urls = [access.Issuer, access.CertificateAddress ?? access.Issuer, .. access.TrustedIssuers.Select(t => t.Issuer), .. access.TrustedIssuers.Select(t => t.KeySetUrl.OriginalString)];
        if (urls.Any(url => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback))
        {
            root.Fault("access", SiteRules.IssuerWithoutTls, "An issuer or its keys leave loopback in clear; use https.");
        }

        if (access.TrustedIssuers.Select(t => t.Issuer).Append(access.Issuer).GroupBy(i => i, StringComparer.Ordinal).Any(g => g.Count() > 1))
        {
            root.Fault("access", SiteRules.IssuerTwice, "An issuer stands twice; whose keys would verify its tokens?");
        }
    }
}
