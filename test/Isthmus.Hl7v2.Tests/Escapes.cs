using System.Text;
using Isthmus.Testing;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Escapes
{
    [Theory]
    [InlineData(@"a\F\b", "a|b")]
    [InlineData(@"a\S\b", "a^b")]
    [InlineData(@"a\T\b", "a&b")]
    [InlineData(@"a\R\b", "a~b")]
    [InlineData(@"a\E\b", @"a\b")]
    [InlineData(@"\E\F\E\", @"\F\")]
    [InlineData(@"a\.br\b", "a\nb")]
    [InlineData(@"a\.sp2\b", "a\n\nb")]
    [InlineData(@"a\.sp9999\b", "a\n\n\n\n\n\n\n\n\nb")]
    [InlineData(@"a\.sk3\b", "a   b")]
    [InlineData(@"a\.in+4\b", "ab")]
    [InlineData(@"a\.ti-2\b\.fi\c\.nf\d", "abcd")]
    [InlineData(@"a\.ce\b", "a\nb")]
    [InlineData(@"a\P\b", "a#b")]
    [InlineData(@"\C2842\", @"\C2842\")]
    [InlineData(@"\M2442\", @"\M2442\")]
    [InlineData(@"\H\bold\N\", "bold")]
    [InlineData(@"\X41\", "A")]
    [InlineData(@"\X0D0A\", "\r\n")]
    [InlineData(@"\XC3A9\", "é")]
    [InlineData(@"\XE9\", "é")]
    [InlineData(@"\X00\", "?")]
    [InlineData(@"\X4\", @"\X4\")]
    [InlineData(@"\XZZ\", @"\XZZ\")]
    [InlineData(@"\X\", @"\X\")]
    [InlineData(@"\Z01\", @"\Z01\")]
    [InlineData(@"\Q\", @"\Q\")]
    [InlineData(@"\\", @"\\")]
    [InlineData(@"C:\temp", @"C:\temp")]
    [InlineData(@"\", @"\")]
    public void A_sequence_becomes_its_text(string raw, string expected)
    {
        var field = Read(Msh + "\rOBX|1|ST|X||" + raw).First("OBX")[5];

        Assert.Equal(expected, field.GetText());
        Assert.Equal(expected, field.Value.GetText());
        Assert.Equal(1, field.RepetitionCount);
        Assert.Equal(1, field.Repetition(1).ComponentCount);
    }

    [Theory]
    [InlineData(@"\Q\", true)]
    [InlineData(@"\\server\share", true)]
    [InlineData(@"\X4\", true)]
    [InlineData(@"\XZZ\", true)]
    [InlineData(@"\.xx\", true)]
    [InlineData(@"\M2442\", true)]
    [InlineData(@"\F\\.br\\X41\\H\\N\\Z01\\.sp3\\P\", false)]
    public void A_sequence_that_the_standard_does_not_know_is_located(string raw, bool isFound)
    {
        var result = Parse(Msh + "\rOBX|1|ST|X||a^" + raw);

        Assert.True(result.IsSound);
        Assert.Equal(
            isFound ? [(Hl7Rules.EscapeUnknown, "OBX-5.2")] : [],
            result.Findings.Where(finding => finding.RuleId == Hl7Rules.EscapeUnknown).Select(finding => (finding.RuleId, finding.Location.ToString())));
    }

    [Fact]
    public void The_truncation_character_is_the_fifth_of_MSH_2()
    {
        var message = Read(@"MSH|^~\&#|LAB" + "\rNTE|1||Stop#|a\\P\\b");

        Assert.Equal((byte)'#', message.Delimiters.Truncation);
        Assert.Equal(@"^~\&#", message.Msh[2].GetText());
        Assert.Equal("Stop#", message.First("NTE")[3].GetText());
        Assert.True(message.First("NTE")[3].IsTruncated);
        Assert.Equal("a#b", message.First("NTE")[4].GetText());
        Assert.False(message.First("NTE")[4].IsTruncated);
    }

    [Fact, HostileRow("F05")]
    public void An_escape_never_makes_structure()
    {
        var message = Read(Msh + "\rOBX|1|ST|X||a\\X0D\\PID\\X7C\\1\\F\\\\S\\\\X0A\\OBX\rNTE|1");

        Assert.Equal(3, message.Segments.Count);
        Assert.Equal("a\rPID|1|^\nOBX", message.First("OBX")[5].GetText());
        Assert.False(message.First("PID").Exists);
    }

    [Fact]
    public void A_delimiter_ends_an_open_sequence()
    {
        var result = Parse(Msh + "\rOBX|1|ST|X||a\\F^b\\|c\\T\\");
        var obx = result.Message!.First("OBX");

        Assert.Equal(@"a\F", obx[5].Component(1).GetText());
        Assert.Equal(@"b\", obx[5].Component(2).GetText());
        Assert.Equal("c&", obx[6].GetText());
        Assert.Equal(["OBX-5", "OBX-5.2"], result.Findings.Select(finding => finding.Location.ToString()));
        Assert.All(result.Findings, finding => Assert.Equal(Hl7Rules.EscapeUnterminated, finding.RuleId));
        Assert.True(result.IsSound);
    }

    [Fact]
    public void Text_is_written_into_a_buffer_as_long_as_the_raw_bytes()
    {
        var field = Read(Result).First("NTE")[3];
        Span<byte> exact = new byte[field.Raw.Length];

        Assert.True(field.TryGetText(exact, out var written));
        Assert.Equal("Called\nto ward & ICU", Encoding.UTF8.GetString(exact[..written]));
        Assert.False(field.TryGetText(exact[1..], out _));
    }
}
