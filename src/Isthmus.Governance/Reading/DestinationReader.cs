using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>One entry of a contract's <c>destinations</c>. Its elements are filled in from the readers of the fields.</summary>
internal static class DestinationReader
{
    public static DestinationTerms Read(Section destination)
    {
        var retry = destination.Sub("retry", "says how often and how long to try");
        return new DestinationTerms
        {
            Name = Words.Name(destination, "name", "says which destination of isthmus.yaml is meant"),
            ConsentPurpose = destination.Text("consent-purpose", "says for which purpose of use the policy is asked"),
            Basis = destination.Choice<LawfulBasis>("basis", "names the ground on which the data may move"),
            Recipient = destination.Text("recipient", "names the receiver as consents do"),
            Form = destination.Choice<PayloadForm>("form", "says whether the receiver gets all or the least necessary"),
            Elements = new HashSet<string>(StringComparer.Ordinal),
            Derive = Derivations(destination),
            Scopes = destination.Texts("scopes"),
            Retry = new RetryTerms(
                retry.Number("max-attempts", "ends what cannot succeed", 1, 1000),
                Span(retry, "max-age", "ends what is too old to help"),
                Span(retry, "base-delay", "spaces the first repeats"),
                Span(retry, "max-delay", "bounds the pause between repeats")),
            WhenDown = destination.Choice<DownBehaviour>("when-down", "says what happens while it is down"),
            PayloadRetention = Span(destination, "payload-retention", "says how long a payload outlives its delivery"),
            Order = destination.Choice<DeliveryOrder>("order", "says which deliveries wait for which"),
        };
    }

    private static Dictionary<string, Derivation> Derivations(Section destination)
    {
        var derivations = new Dictionary<string, Derivation>(StringComparer.Ordinal);
        foreach (var (element, text, _) in destination.Pairs("derive"))
        {
            if (Choices<Derivation>.TryParse(text, out var derivation))
            {
                derivations[element] = derivation;
            }
            else
            {
                destination.Fault("derive", SiteRules.Value, $"`{text}` for `{element}` is not {Choices<Derivation>.Names}.");
            }
        }

        return derivations;
    }

    private static TimeSpan Span(Section section, string key, string why) =>
        section.Value<TimeSpan>(key, why, Quantities.TryDuration, Quantities.DurationShape);
}
