using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>A contract of kind <c>api</c>.</summary>
internal static class ApiContractReader
{
    public static ApiContract Read(Section root)
    {
        Words.OneOf(root, "kind", "tells it from a contract on messages", "api");
        return new ApiContract
        {
            Name = Words.Name(root, "contract", "names the integration"),
            Version = Words.Version(root, "version", "stands on every decision about it"),
            Purpose = Words.Sentence(root, "purpose", "says in plain words what the application does with the data"),
            Owners = ContractReader.Owners(root.Sub("owners", "says who answers for it")),
            Class = root.Choice<AppClass>("class", "says which class of the access policy bounds it"),
            Traffic = root.Choice<TrafficClass>("traffic", "says what goes first when there is too much"),
            ConsentPurpose = root.Text("consent-purpose", "is the purpose under which consent is decided"),
            Policy = root.OptionalText("consent-policy") is { } policy ? ContractReader.Unresolved with { Name = policy } : null,
            Scopes = root.Texts("scopes", "is the most that any of its clients may hold"),
            Routes = root.Values<string>("routes", "lists what it may call", Words.TryName, Words.NameShape),
            Feeds = [.. root.Each("feeds").Select(Feed)],
            DemandsKey = root.ValueOr("idempotency-key", false, TryKeyUse, "heeded or required"),
            Quota = Quota(root.Sub("quota", "keeps one client from starving the others")),
            Quotas = [.. root.Each("quotas").Select(Narrower)],
            CountsAloneWhenUncounted = Words.OneOf(root, "when-uncounted", "says what happens while quotas cannot be counted", "refuse", "count-here") == "count-here",
        };
    }

    private static ApiFeed Feed(Section feed) => new(
        Words.Name(feed, "feed", "names the contract for which messages are handed in"),
        [.. feed.Each("senders").Select(SourceReader.Sender)]);

    private static bool TryKeyUse(string text, out bool demanded)
    {
        demanded = text == "required";
        return demanded || text == "heeded";
    }

    private static Quota Quota(Section quota) => new(
        quota.Number("per-second", "bounds the sustained rate", 1, 1_000_000),
        quota.Number("burst", "bounds what may come at once", 1, 1_000_000));

    private static ApiQuota Narrower(Section quota) => new(
        quota.OptionalText("route"),
        quota.OptionalText("resource"),
        quota.Optional<TrafficClass>("traffic", Choices<TrafficClass>.TryParse, Choices<TrafficClass>.Names),
        Quota(quota));
}
