namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseExampleTests
{
    [Theory]
    [InlineData("chemistry")]
    [InlineData("document")]
    [InlineData("microbiology")]
    [InlineData("merge")]
    public void A_message_that_became_FHIR_and_comes_back_says_the_same(string name)
    {
        var bundle = RoundTrip.Forward(File.ReadAllBytes(Path.Combine(Demo.Library, "examples", name + ".hl7")));
        var back = RoundTrip.Back(bundle);

        Assert.Empty(back.Findings);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }
}
