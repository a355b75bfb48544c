using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

/// <summary>Large frames of one shape: what would cost the square of its length would not come back in this life.</summary>
public class HostileShapes
{
    private const int Length = 2_000_000;

    [Theory]
    [InlineData("~")]
    [InlineData("^")]
    [InlineData("&")]
    [InlineData("\\")]
    [InlineData("~^&")]
    [InlineData("a~")]
    [InlineData("\\F\\")]
    [InlineData("\\X00\\")]
    [InlineData("\u0001")]
    [InlineData("é")]
    public void A_field_of_one_pattern_is_read_and_walked(string pattern)
    {
        var message = Read(Msh + "\rOBX|1|ST|X||" + string.Concat(Enumerable.Repeat(pattern, Length / pattern.Length)));
        var field = message.First("OBX")[5];
        long repetitions = 0;
        foreach (var repetition in field.Repetitions)
        {
            repetitions += repetition.Exists ? 1 : 0;
        }

        Assert.Equal(field.RepetitionCount, repetitions);
        Assert.True(field.GetText().Length <= Length);
        Assert.Equal("OBX-5", field.Location.ToString());
    }

    [Theory]
    [InlineData("\r", null)]
    [InlineData(" \r\n", null)]
    [InlineData("|", Hl7Rules.TooManyFields)]
    [InlineData("NTE\r", Hl7Rules.TooManySegments)]
    [InlineData("x\r", Hl7Rules.TooManySegments)]
    [InlineData("MSH|^~\\&\r", Hl7Rules.TooManySegments)]
    public void A_frame_of_one_pattern_is_answered(string pattern, string? limit)
    {
        var result = Parse(Msh + "\r" + string.Concat(Enumerable.Repeat(pattern, Length / pattern.Length)));

        Assert.Equal(limit, result.Findings.Select(finding => finding.RuleId).FirstOrDefault());
        Assert.Equal(limit is null, result.IsReadable);
    }

    [Theory]
    [InlineData("MSH")]
    [InlineData("MS")]
    [InlineData("\n")]
    [InlineData("\u0000")]
    public void A_frame_without_an_end_to_its_beginning_is_refused(string pattern)
    {
        Assert.False(Parse(string.Concat(Enumerable.Repeat(pattern, Length / pattern.Length))).IsReadable);
    }
}
