namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseExampleTests
{
    /// <summary>
    /// Examples of what has no way back: answers and automated results, whose events carry the codes of other messages, and a report
    /// whose text is both its lines and a document.
    /// </summary>
    private static readonly string[] OneWay = ["acknowledgement", "analyser", "text-report"];

    [Theory]
    [MemberData(nameof(GoldenExampleTests.Names), MemberType = typeof(GoldenExampleTests))]
    public void A_message_that_became_FHIR_and_comes_back_says_the_same(string name)
    {
        var bundle = RoundTrip.Forward(File.ReadAllBytes(Path.Combine(Demo.Library, "examples", name + ".hl7")));
        var back = RoundTrip.Back(bundle);
        if (back.MessageType is null || OneWay.Contains(name))
        {
            return;
        }

        Assert.Empty(back.Findings);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }
}
