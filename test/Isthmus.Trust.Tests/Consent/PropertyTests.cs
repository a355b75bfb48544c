using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Consent.Directives;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>Random consents against a plain oracle, and what must hold of every decision (cases X01, X03, N05).</summary>
public sealed class PropertyTests
{
    private const int Cases = 20_000;

    [Fact]
    public void The_decider_agrees_with_a_plain_reading_of_the_rules()
    {
        var random = new Random(20261120);
        var permitted = 0;
        for (var i = 0; i < Cases; i++)
        {
            var (consents, request) = (Consents(random), Request(random));
            var expected = Oracle(consents, request);

            Assert.Equal(expected, Decide(Hipaa, request, consents).Permits);
            permitted += expected ? 1 : 0;
        }

        // The cases are worth something only while both answers are common.
        Assert.InRange(permitted, Cases / 20, Cases / 2);
    }

    [Fact]
    public void Taking_a_permit_away_never_widens_access()
    {
        var random = new Random(11);
        for (var i = 0; i < Cases; i++)
        {
            var (consents, request) = (Consents(random), Request(random));
            if (Decide(Hipaa, request, consents).Permits)
            {
                continue;
            }

            foreach (var permit in consents.Where(c => c.Root is { Permits: true, Exceptions.Count: 0 }))
            {
                Assert.False(Decide(Hipaa, request, [.. consents.Where(c => c != permit)]).Permits);
            }
        }
    }

    [Fact]
    public void The_order_of_consents_and_of_exceptions_never_matters()
    {
        var random = new Random(7);
        for (var i = 0; i < Cases; i++)
        {
            var (consents, request) = (Consents(random), Request(random));
            var shuffled = consents.Select(c => c with { Root = c.Root is null ? null : Shuffle(c.Root, random) }).ToArray();
            random.Shuffle(shuffled);

            var (one, other) = (Decide(Hipaa, request, consents), Decide(Hipaa, request, shuffled));
            Assert.Equal((one.Effect, one.Reason), (other.Effect, other.Reason));
        }
    }

    /// <summary>So that content need not be read where no consent speaks of it.</summary>
    [Fact]
    public void What_a_decision_is_said_not_to_need_never_changes_it()
    {
        var random = new Random(23);
        var met = new int[3];
        for (var i = 0; i < Cases; i++)
        {
            var purpose = random.Next(3) switch { 0 => "TREAT", 1 => "HOPERAT", _ => "HRESCH" };
            var consents = Consents(random).Select(c => random.Next(2) == 0 ? c : c with { Root = c.Root is null ? null : SilentOnData(c.Root) }).ToArray();
            var request = Ask(purpose, [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => new DataFacts("Observation", Some(random, "N", "ETH")))]);

            var needed = ConsentDecider.Needs(Hipaa, purpose, consents);
            var reduced = needed switch
            {
                FactsNeeded.None => request with { Data = [] },
                FactsNeeded.Labels => request with { Data = [new DataFacts(null, [.. request.Data.SelectMany(d => d.Labels!)])] },
                _ => request,
            };

            var (whole, less) = (Decide(Hipaa, request, consents), Decide(Hipaa, reduced, consents));
            Assert.Equal((whole.Effect, whole.Reason), (less.Effect, less.Reason));
            Assert.Equal(whole.ConsentVersions, less.ConsentVersions);
            met[(int)needed]++;
        }

        Assert.All(met, count => Assert.InRange(count, Cases / 20, Cases));
    }

    private static ConsentProvision SilentOnData(ConsentProvision rule) =>
        rule with { Labels = [], Classes = [], Exceptions = [.. rule.Exceptions.Select(SilentOnData)] };

    /// <summary>Research under a policy where the refusal wins: every part needs a permit, and nothing may refuse or be unreadable.</summary>
    private static bool Oracle(ConsentDirective[] consents, ConsentRequest request)
    {
        var active = consents.Where(c => c.Status == ConsentStatus.Active).ToList();
        return active.All(c => c.Root is not null)
            && request.Data.All(part =>
            {
                var said = active.Select(c => Says(c.Root!, part)).OfType<bool>().ToList();
                return said.Contains(true) && !said.Contains(false);
            });

        bool? Says(ConsentProvision rule, DataFacts part)
        {
            var applies = (rule.Purposes.Count == 0 || rule.Purposes.Contains(request.Purpose!))
                && (rule.Actors.Count == 0 || rule.Actors.Any(a => a.Role == "IRCP" && request.Recipient.Contains(a.Reference)))
                && (rule.Classes.Count == 0 || (part.Class is null ? !rule.Permits : rule.Classes.Contains(part.Class)))
                && (rule.Labels.Count == 0 || (part.Labels is null ? !rule.Permits : rule.Labels.Intersect(part.Labels).Any()));
            if (!applies)
            {
                return null;
            }

            var exceptions = rule.Exceptions.Select(e => Says(e, part)).OfType<bool>().ToList();
            return exceptions.Count == 0 ? rule.Permits : !exceptions.Contains(false);
        }
    }

    private static ConsentDirective[] Consents(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(4)).Select(i => new ConsentDirective(
            Person, $"c{i}", "1", random.Next(5) == 0 ? ConsentStatus.Inactive : ConsentStatus.Active, null,
            random.Next(20) == 0 ? null : Provision(random, 3))),
    ];

    private static ConsentProvision Provision(Random random, int depth) => new(
        random.Next(3) > 0, null, null,
        Some(random, "HRESCH", "TREAT"),
        [],
        random.Next(3) > 0 ? [] : [new ConsentActor(random.Next(4) == 0 ? "CST" : "IRCP", random.Next(2) == 0 ? "Organization/x" : "Organization/y")],
        Some(random, "R", "ETH"),
        Some(random, "Observation", "MedicationStatement"),
        [],
        [],
        [.. Enumerable.Range(0, depth == 0 ? 0 : random.Next(3)).Select(_ => Provision(random, depth - 1))]);

    private static ConsentRequest Request(Random random) => Ask("HRESCH", [.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => new DataFacts(
        random.Next(8) == 0 ? null : random.Next(2) == 0 ? "Observation" : "MedicationStatement",
        random.Next(8) == 0 ? null : Some(random, "R", "ETH")))]);

    private static string[] Some(Random random, string one, string other) => random.Next(4) switch
    {
        0 => [one],
        1 => [other],
        2 when random.Next(3) == 0 => [one, other],
        _ => [],
    };

    private static ConsentProvision Shuffle(ConsentProvision rule, Random random)
    {
        var exceptions = rule.Exceptions.Select(e => Shuffle(e, random)).ToArray();
        random.Shuffle(exceptions);
        return rule with { Exceptions = exceptions };
    }
}
