using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Consent.Directives;
using static Isthmus.Trust.Tests.Consent.Say;

namespace Isthmus.Trust.Tests.Consent;

/// <summary>Exceptions to exceptions, siblings, depth and order (cases N01 to N05, G02).</summary>
public sealed class NestingTests
{
    [Fact]
    public void An_exception_to_an_exception_reaches_only_whom_it_names()
    {
        var consent = Signed(
            $$"""{'type':'permit','provision':[{'type':'deny','securityLabel':[{'code':'ETH'}],'provision':[{'type':'permit','actor':[{{Actor("Practitioner/bob")}}]}]}]}""");
        var eth = Observation with { Labels = ["ETH"] };
        var bob = Ask() with { Recipient = ["Practitioner/bob"], Data = [eth] };
        var alice = Ask() with { Recipient = ["Practitioner/alice"], Data = [eth] };

        Permits(Decide(Hipaa, bob, consent));
        Denies(Decide(Hipaa, alice, consent), ConsentReasons.Refused);
        Permits(Decide(Hipaa, alice with { Data = [Observation] }, consent));
    }

    [Theory]
    [InlineData("permit", "deny")]
    [InlineData("deny", "permit")]
    public void Of_siblings_that_contradict_each_other_the_refusal_holds(string first, string second) =>
        Denies(
            Decide(Hipaa, Ask(), Signed($$"""{'type':'permit','provision':[{'type':'{{first}}','purpose':[{'code':'HRESCH'}]},{'type':'{{second}}','purpose':[{'code':'HRESCH'}]}]}""")),
            ConsentReasons.Refused);

    [Theory]
    [InlineData(9, ConsentReasons.PermitOnFile)]
    [InlineData(10, ConsentReasons.Refused)]
    [InlineData(ConsentReader.MaxDepth, ConsentReasons.Refused)]
    [InlineData(ConsentReader.MaxDepth + 1, ConsentReasons.Unreadable)]
    public void A_chain_is_followed_to_its_end_or_not_read_at_all(int depth, string reason)
    {
        // Odd links permit, even ones deny, and every link applies.
        var chain = "";
        for (var i = depth; i >= 1; i--)
        {
            chain = $$"""{'type':'{{(i % 2 == 1 ? "permit" : "deny")}}'{{(chain.Length > 0 ? $",'provision':[{chain}]" : "")}}}""";
        }

        Assert.Equal(reason, Decide(Hipaa, Ask(), Signed(chain)).Reason);
    }

    [Fact]
    public void The_order_of_siblings_never_matters()
    {
        string[] siblings =
        [
            "{'type':'deny','securityLabel':[{'code':'R'}]}",
            "{'type':'permit','securityLabel':[{'code':'R'}],'class':[{'code':'Observation'}]}",
            "{'type':'deny','class':[{'code':'MedicationStatement'}]}",
            "{'type':'permit','purpose':[{'code':'HRESCH'}]}",
        ];
        DataFacts[] data = [Observation with { Labels = ["R"] }, Observation, new("MedicationStatement", []), DataFacts.Unknown];

        foreach (var part in data)
        {
            var reasons = Orders(siblings)
                .Select(order => Decide(Hipaa, Ask("HRESCH", part), Signed($$"""{'type':'permit','provision':[{{string.Join(',', order)}}]}""")).Reason)
                .Distinct();
            Assert.Single(reasons);
        }
    }

    [Fact]
    public void A_dissent_with_an_exception_for_emergencies_permits_only_those()
    {
        var consent = Signed("{'type':'deny','provision':[{'type':'permit','purpose':[{'code':'TREAT'}]}]}");

        Permits(Decide(OptIn, Ask("TREAT"), consent));
        Denies(Decide(OptIn, Ask("HRESCH"), consent), ConsentReasons.Refused);
    }

    private static IEnumerable<string[]> Orders(string[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(item => Orders([.. items.Where(i => i != item)]).Select(rest => (string[])[item, .. rest]));
}
