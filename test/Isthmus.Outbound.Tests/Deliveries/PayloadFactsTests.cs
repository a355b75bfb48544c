using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Packs;
using Isthmus.Outbound.Deliveries;

namespace Isthmus.Outbound.Tests.Deliveries;

public sealed class PayloadFactsTests
{
    [Fact]
    public void A_resource_tells_its_class_labels_codes_and_authors()
    {
        var facts = Assert.Single(PayloadFacts.Of(
            [Resource("""{"resourceType":"Observation","id":"o","meta":{"security":[{"code":"ETH"}]},"code":{"coding":[{"system":"s","code":"c"}]},"performer":[{"reference":"Practitioner/p"}]}""")],
            PayloadForm.Full));

        Assert.Equal(("Observation", "Observation/o"), (facts.Class, facts.Reference));
        Assert.Equal(["ETH"], facts.Labels!);
        Assert.Equal(["s|c"], facts.Codes!);
        Assert.Equal(["Practitioner/p"], facts.Authors!);
    }

    [Fact]
    public void A_minimised_Bundle_is_taken_apart_and_what_it_does_not_say_is_unknown()
    {
        var facts = PayloadFacts.Of(
            [Resource("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"x"}},{"resource":{"resourceType":"Observation"}}]}""")],
            PayloadForm.MinimisedPseudonymised);

        Assert.Equal(["Patient", "Observation"], facts.Select(fact => fact.Class));
        Assert.All(facts, fact => Assert.Equal((null, null, null), (fact.Labels, fact.Reference, fact.Authors)));
    }

    [Fact]
    public void Labels_alone_are_read_where_nothing_else_matters()
    {
        var plain = Resource("""{"resourceType":"Patient","id":"p"}""");
        var labelled = Resource("""{"resourceType":"Observation","id":"o","meta":{"security":[{"code":"ETH"},{"code":"R"}]}}""");

        Assert.Empty(Assert.Single(PayloadFacts.LabelsOf([plain], PayloadForm.Full)).Labels!);
        Assert.Null(Assert.Single(PayloadFacts.LabelsOf([plain], PayloadForm.MinimisedPseudonymised)).Labels);
        Assert.Equal(["ETH", "R"], Assert.Single(PayloadFacts.LabelsOf([plain, labelled], PayloadForm.Full)).Labels!);
    }

    private static PackedResource Resource(string json) => new("X", "y", Encoding.UTF8.GetBytes(json));
}
