using System.Text;
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

    [Fact]
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
