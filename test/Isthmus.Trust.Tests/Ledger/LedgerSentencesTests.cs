using System.Reflection;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Trust.Ledger;

namespace Isthmus.Trust.Tests.Ledger;

public sealed class LedgerSentencesTests
{
    public static TheoryData<string> Kinds { get; } =
        [.. typeof(LedgerKinds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_a_sentence_even_without_detail(string kind)
    {
        var sentence = LedgerSentences.Of(new LedgerEvent(kind, "mediation", null, null, "{}"));

        Assert.True(LedgerSentences.Knows(kind));
        Assert.NotEqual(kind, sentence);
        Assert.DoesNotContain(sentence, c => c is '[' or ']' or '{' or '}');
        Assert.Equal(sentence.Trim(), sentence);
    }

    [Fact]
    public void A_decision_reads_as_a_sentence() => Assert.Equal(
        "consent permitted research sharing to registry under policy us-hipaa 2026.1",
        Of(LedgerKinds.ConsentDecided, """{"effect":"permit","purpose":"HRESCH","destination":"registry","policy":"us-hipaa 2026.1"}"""));

    [Fact]
    public void A_reason_is_added_where_there_is_one() => Assert.Equal(
        "consent denied research sharing to registry under policy us-hipaa 2026.1: consent.absent",
        Of(LedgerKinds.ConsentDecided, """{"effect":"deny","purpose":"research-sharing","destination":"registry","policy":"us-hipaa 2026.1","reason":"consent.absent"}"""));

    [Fact]
    public void The_consents_that_decided_are_named_with_their_versions() => Assert.Equal(
        "consent permitted research sharing to registry: consent.permit-on-file, by Consent/a@2 and Consent/b@1",
        Of(LedgerKinds.ConsentDecided, """{"effect":"permit","purpose":"HRESCH","destination":"registry","reason":"consent.permit-on-file","consents":["Consent/a@2","Consent/b@1"]}"""));

    [Fact]
    public void The_message_the_person_and_the_actor_can_be_named() => Assert.Equal(
        "message 17 read by person:ada for treatment",
        LedgerSentences.Of(new LedgerEvent(LedgerKinds.MessageRead, "person:ada", 17, PersonId.New(), """{"purpose":"treatment"}""")));

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("""{"destination":{"nested":1}}""")]
    public void An_odd_detail_still_gives_a_sentence(string detail) => Assert.Equal("delivered", Of(LedgerKinds.DeliveryDelivered, detail));

    [Fact]
    public void An_unknown_kind_is_shown_as_it_is() => Assert.Equal("later.kind", Of("later.kind", "{}"));

    private static string Of(string kind, string detail) => LedgerSentences.Of(new LedgerEvent(kind, "outbound", null, null, detail));
}
