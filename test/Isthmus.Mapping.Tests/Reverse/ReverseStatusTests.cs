using System.Text;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseStatusTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("D")]
    [InlineData("F")]
    [InlineData("I")]
    [InlineData("N")]
    [InlineData("O")]
    [InlineData("P")]
    [InlineData("R")]
    [InlineData("S")]
    [InlineData("U")]
    [InlineData("V")]
    [InlineData("W")]
    [InlineData("X")]
    public void A_result_comes_back_with_the_status_it_was_sent_with(string status) => AssertReturns("F", status, status);

    [Fact]
    public void A_result_deleted_by_its_action_code_does_not_come_back_as_final() => AssertReturns("F", "F||||||||||||||||||||D", "D");

    [Theory]
    [InlineData("A")]
    [InlineData("C")]
    [InlineData("F")]
    [InlineData("I")]
    [InlineData("M")]
    [InlineData("N")]
    [InlineData("O")]
    [InlineData("P")]
    [InlineData("R")]
    [InlineData("S")]
    [InlineData("X")]
    public void A_report_comes_back_with_the_status_it_was_sent_with(string status) => AssertReturns(status, "F", "F");

    private static void AssertReturns(string report, string result, string written)
    {
        var sent = $"MSH|^~\\&|LAB|L|EHR|E|20260301101500-0500||ORU^R01^ORU_R01|A1|P|2.5.1\rPID|1||771^^^EHR^MR||Invented^Sample\rOBR|1|P1^E|F1^L|X^Panel^L|||20260301||||||||||||||||||{report}\rOBX|1|NM|C^Code^L||5|mg/dL|||||{result}\r";
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(sent));
        var back = RoundTrip.Back(bundle);

        Assert.Empty(back.Findings);
        Assert.Contains($"|20260301||||||||||||||||||{report}\n", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        Assert.Contains($"|5|mg/dL|||||{written}|", RoundTrip.Lines(back.Message), StringComparison.Ordinal);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
    }
}
