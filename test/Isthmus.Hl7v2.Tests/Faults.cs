using System.Text;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Faults
{
    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("PID|1||4711\rOBX|1")]
    [InlineData("hello")]
    public void A_frame_without_MSH_is_refused(string frame)
    {
        var result = Parse(frame);

        Assert.Null(result.Message);
        Assert.Equal(Hl7Rules.MshMissing, Assert.Single(result.Findings).RuleId);
    }

    [Theory]
    [InlineData("MSH")]
    [InlineData("MSHA^~\\&ALAB")]
    [InlineData("MSH ^~\\& LAB")]
    [InlineData("MSH\r|^~\\&|LAB")]
    public void A_separator_that_cannot_separate_is_refused(string frame)
    {
        var result = Parse(frame);

        Assert.Null(result.Message);
        Assert.StartsWith("hl7.msh.", Assert.Single(result.Findings).RuleId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MSH||LAB")]
    [InlineData("MSH|^^\\&|LAB")]
    [InlineData("MSH|^~|LAB")]
    [InlineData("MSH|^~\\&#!|LAB")]
    [InlineData("MSH|abcd|LAB")]
    public void Unsound_encoding_characters_are_found_and_the_rest_is_read(string frame)
    {
        var result = Parse(frame + "\rPID|1||4711");

        var finding = Assert.Single(result.Findings);
        Assert.Equal(Hl7Rules.EncodingCharacters, finding.RuleId);
        Assert.Equal("MSH-2", finding.Location.ToString());
        Assert.Equal("LAB", result.Message!.Msh[3].GetText());
        Assert.Equal("4711", result.Message.First("PID")[3].GetText());
    }

    [Fact]
    public void Text_before_MSH_is_found_and_the_message_is_read()
    {
        var result = Parse("noise\r" + Result);

        Assert.Equal(Hl7Rules.MshPreceded, Assert.Single(result.Findings).RuleId);
        Assert.Equal("C1", result.Message!.Msh[10].GetText());
        Assert.False(result.IsSound);
    }

    [Fact]
    public void A_second_MSH_in_one_frame_is_located()
    {
        var result = Parse(Result + Result);

        var finding = Assert.Single(result.Findings);
        Assert.Equal(Hl7Rules.MshRepeated, finding.RuleId);
        Assert.Equal("MSH[2]", finding.Location.ToString());
        Assert.Equal(Result.Length, finding.Offset);
    }

    [Theory]
    [InlineData("MSH|^~\\&|OTHER", Hl7Rules.MshRepeated)]
    [InlineData("MSH|#~\\&|OTHER", Hl7Rules.DelimitersChanged)]
    [InlineData("MSH$%*!@$OTHER", Hl7Rules.DelimitersChanged)]
    [InlineData("MSH|", Hl7Rules.DelimitersChanged)]
    public void Nothing_of_a_second_message_is_mixed_into_the_first(string msh, string rule)
    {
        var result = Parse(Result + msh + "\rPID|2||4712\rOBX|9|NM|X\u0001\r");

        Assert.Equal((rule, "MSH[2]"), result.Findings.Select(finding => (finding.RuleId, finding.Location.ToString())).Single());
        Assert.Equal(2, result.Message!.All("OBX").Count);
        Assert.Equal(1, result.Message.All("PID").Count);
        Assert.Equal("ZLB", result.Message.Segments.Last().Name);
        Assert.StartsWith(msh, Encoding.UTF8.GetString(result.Message.Rest.Span), StringComparison.Ordinal);
        Assert.Equal(Hl7Location.Message, result.Message.Locate(Result.Length + 5));
    }

    [Theory]
    [InlineData("of the text")]
    [InlineData("pid|1")]
    [InlineData("1AB|x")]
    [InlineData("OBXX|1")]
    [InlineData("OB|1")]
    [InlineData("|1")]
    public void A_line_without_a_segment_name_is_located_by_its_ordinal(string line)
    {
        var result = Parse(Msh + "\rNTE|1\r" + line + "\rOBX|1|NM|K");

        var finding = Assert.Single(result.Findings);
        Assert.Equal(Hl7Rules.SegmentNameInvalid, finding.RuleId);
        Assert.Equal("segment 3", finding.Location.ToString());
        Assert.Equal("K", result.Message!.First("OBX")[3].GetText());
        Assert.False(result.Message.Segments[2].HasValidName);
    }

    [Fact]
    public void A_control_character_is_located_and_never_reaches_a_text()
    {
        var result = Parse(Msh + "\rOBX|1|ST|X||a\u0001b^c\0");

        Assert.Equal(["OBX-5", "OBX-5.2"], result.Findings.Select(finding => finding.Location.ToString()));
        Assert.All(result.Findings, finding => Assert.Equal(Hl7Rules.ControlCharacter, finding.RuleId));
        Assert.Equal("a?b", result.Message!.First("OBX")[5].Component(1).GetText());
        Assert.Equal("c?", result.Message.First("OBX")[5].Component(2).GetText());
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        var result = Parse("\uFEFF" + Result);

        Assert.Equal(Hl7Rules.ByteOrderMark, Assert.Single(result.Findings).RuleId);
        Assert.True(result.IsSound);
        Assert.Equal("LAB", result.Message!.Msh[3].GetText());
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_located_and_the_text_stays_valid()
    {
        byte[] frame = [.. Bytes(Msh + "\rPID|1||||M"), 0xFC, .. Bytes("ller^\u00C9va")];
        var result = Hl7Message.Parse(frame);

        var finding = Assert.Single(result.Findings);
        Assert.Equal(Hl7Rules.InvalidUtf8, finding.RuleId);
        Assert.Equal("PID-5", finding.Location.ToString());
        Assert.Equal(0xFC, frame[finding.Offset]);
        Assert.Equal("M\uFFFDller", result.Message!.First("PID")[5].Component(1).GetText());
        Assert.Equal("\u00C9va", result.Message.First("PID")[5].Component(2).GetText());
    }

    [Fact]
    public void Latin_1_is_read_as_declared_in_MSH_18()
    {
        var text = Msh.Replace("UNICODE UTF-8", "8859/1", StringComparison.Ordinal) + "\rPID|1||||Müller^É\\XE9\\";
        var result = Hl7Message.Parse(Encoding.Latin1.GetBytes(text));

        Assert.Empty(result.Findings);
        Assert.Equal("Müller", result.Message!.First("PID")[5].Component(1).GetText());
        Assert.Equal("Éé", result.Message.First("PID")[5].Component(2).GetText());
    }

    [Fact]
    public void An_unknown_charset_is_a_finding_at_MSH_18()
    {
        var result = Parse(Result.Replace("UNICODE UTF-8", "CNS 11643-1992", StringComparison.Ordinal));

        var finding = Assert.Single(result.Findings);
        Assert.Equal(Hl7Rules.CharsetUnsupported, finding.RuleId);
        Assert.Equal("MSH-18", finding.Location.ToString());
        Assert.True(result.IsReadable);
    }

    [Theory]
    [InlineData("UTF-8~UNICODE")]
    [InlineData("utf-8")]
    [InlineData("")]
    public void The_usual_spellings_of_UTF8_are_accepted(string charset)
    {
        var result = Parse(Msh.Replace("UNICODE UTF-8", charset, StringComparison.Ordinal) + "\rPID|1||||Łukasz");

        Assert.Empty(result.Findings);
        Assert.Equal("Łukasz", result.Message!.First("PID")[5].GetText());
    }

    [Fact]
    public void Other_characters_under_ASCII_are_read_with_a_warning()
    {
        var result = Parse(Msh.Replace("UNICODE UTF-8", "ASCII", StringComparison.Ordinal) + "\rPID|1||||Łukasz");

        Assert.Equal(Hl7Rules.NotAscii, Assert.Single(result.Findings).RuleId);
        Assert.True(result.IsSound);
    }

    [Fact]
    public void Limits_refuse_the_message()
    {
        var limits = new Hl7Limits { MessageBytes = 5000, Segments = 20, FieldsPerSegment = 60 };

        Assert.Equal([Hl7Rules.MessageTooLong], Rules(Result + new string('x', 5000)));
        Assert.Equal([Hl7Rules.TooManySegments], Rules(Result + string.Concat(Enumerable.Repeat("NTE|1\r", 12))));
        Assert.Equal([Hl7Rules.TooManyFields], Rules(Result + "ZZZ" + new string('|', 61)));
        Assert.Empty(Rules(Result + "ZZZ" + new string('|', 60)));
        Assert.Empty(Rules(Result + string.Concat(Enumerable.Repeat("NTE|1\r", 11))));

        IEnumerable<string> Rules(string text) => Hl7Message.Parse(Bytes(text), limits).Findings.Select(finding => finding.RuleId);
    }

    [Fact]
    public void Findings_are_bounded_and_say_so()
    {
        var result = Hl7Message.Parse(Bytes(Msh + "\rNTE|1||" + new string('\u0002', 500)), new Hl7Limits { Findings = 10 });

        Assert.Equal(10, result.Findings.Count);
        Assert.Equal(Hl7Rules.TooManyFindings, result.Findings[^1].RuleId);
    }

    [Fact]
    public void Every_rule_has_a_sentence()
    {
        var rules = typeof(Hl7Rules).GetFields().Concat(typeof(Hl7ValueRules).GetFields())
            .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToArray();

        Assert.All(rules, rule => Assert.Matches("^hl7(\\.[a-z0-9-]+){2}$", rule));
        Assert.All(rules, rule => Assert.True(
            Hl7Rules.Text(rule).EndsWith('.') || Hl7ValueRules.Text(rule).EndsWith('.'), rule));
    }
}
