using System.Text;
using Isthmus.Testing;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Editing
{
    static Editing() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r\n \r\n\r")]
    public void All_but_the_edit_stays_byte_for_byte(string end)
    {
        var text = "\r\n" + Result.Replace("\r", end, StringComparison.Ordinal) + "MSH|^~\\&|NEXT" + end;
        var editor = Editor(Bytes(text));

        Assert.Equal(text, Text(editor));
        Assert.True(editor.First("PID")!.Set(5, 1, 2, "Eva & Co"));
        Assert.True(editor.Segment(5).Set(5, "7.0"));
        Assert.Equal(
            text.Replace("Muster^Erika^Anna", "Muster^Eva \\T\\ Co^Anna", StringComparison.Ordinal).Replace("6.9", "7.0", StringComparison.Ordinal),
            Text(editor));
    }

    [Fact]
    public void Every_message_goes_out_as_it_came_in()
    {
        foreach (var text in new[] { Result, Result + "  ", "noise\r" + Result, Result + "no segment\r\u0001\\", Result.TrimEnd('\r'), "MSH||A\rPID|1" })
        {
            var editor = Editor(Bytes(text));
            for (var i = 0; i < editor.SegmentCount; i++)
            {
                _ = editor.Segment(i);
            }

            Assert.Equal(text, Text(editor));
        }
    }

    [Fact]
    public void Segments_are_inserted_appended_and_removed()
    {
        var editor = Editor(Bytes("MSH|^~\\&|LAB\nPID|1\nOBX|1\nNTE|1"));
        editor.Remove(2);
        editor.Insert(2, "PV1").Set(2, "I");
        editor.Append("ZZZ").Set(1, 2, 1, 1, "x"u8);

        Assert.Equal("MSH|^~\\&|LAB\nPID|1\nPV1||I\nNTE|1\nZZZ|~x\n", Text(editor));
        Assert.Throws<ArgumentOutOfRangeException>(() => editor.Remove(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => editor.Insert(0, "PV1"));
        Assert.Throws<ArgumentException>(() => editor.Append("MSH"));
    }

    [Fact]
    public void The_messages_own_delimiters_are_kept()
    {
        var editor = Editor(Bytes("MSH$%*!@$LAB\rPID$1$$a%b\r"));
        editor.First("PID")!.Set(3, 2, 2, 2, "$%*!@|^");

        Assert.Equal("MSH$%*!@$LAB\rPID$1$$a%b*%@!F!!S!!R!!E!!T!|^\r", Text(editor));
    }

    [Theory]
    [InlineData("8859/1", 28591, "Müller", "Zoë", "Žák")]
    [InlineData("8859/2", 28592, "Łukasz", "Žák", "漢")]
    [InlineData("GB 18030-2000", 54936, "张三丰", "李四", null)]
    [InlineData("BIG-5", 950, "許功蓋", "吜", "𐍈")]
    [InlineData("UNICODE UTF-16", 1200, "漢字 𐍈", "Ł", null)]
    [InlineData("UNICODE UTF-16", 1201, "漢字 𐍈", "Ł", null)]
    public void The_messages_own_character_set_is_kept(string charset, int codePage, string name, string other, string? foreign)
    {
        var encoding = Encoding.GetEncoding(codePage);
        var text = Msh.Replace("UNICODE UTF-8", charset, StringComparison.Ordinal) + $"\rPID|1||||{name}^{name}\rNTE|1||{name}";
        var editor = Editor(encoding.GetBytes(text));
        Assert.Equal(encoding.GetBytes(text), editor.ToArray());

        var pid = editor.First("PID")!;
        Assert.True(pid.Set(5, 1, 2, other));
        Assert.Equal(foreign is null, foreign is null || pid.Set(5, 1, 1, foreign));
        Assert.Equal(encoding.GetBytes(text.Replace($"^{name}", $"^{other}", StringComparison.Ordinal)), editor.ToArray());
        Assert.All(editor.Findings, finding => Assert.Equal((Hl7Rules.WriteCharset, "PID-5.1.1"), (finding.RuleId, finding.Location.ToString())));
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_stay_and_take_nothing_but_ASCII_beside_them()
    {
        byte[] frame = [.. Bytes(Msh + "\rPID|1||||M"), 0xFC, .. Bytes("ller^Eva\rNTE|1||x")];
        var editor = Editor(frame);

        Assert.True(editor.First("PID")!.Set(5, 1, 2, "Ida"));
        Assert.False(editor.First("NTE")!.Set(3, "Ł"));
        Assert.Equal([.. Bytes(Msh + "\rPID|1||||M"), 0xFC, .. Bytes("ller^Ida\rNTE|1||x")], editor.ToArray());
    }

    [Fact]
    public void A_segment_that_switches_character_sets_is_not_edited()
    {
        var frame = Encoding.GetEncoding(50220).GetBytes(Msh.Replace("UNICODE UTF-8", "~ISO IR87", StringComparison.Ordinal) + "\rPID|1||||山田^Taro\rPV1|1|I\r");
        var editor = Editor(frame);

        Assert.False(editor.First("PID")!.Set(5, 1, 2, "Jiro"));
        Assert.True(editor.First("PV1")!.Set(2, "O"));
        frame[^2] = (byte)'O';
        Assert.Equal(frame, editor.ToArray());
    }

    [Fact, HostileRow("F05")]
    public void An_escape_sequence_holds_no_delimiter_of_the_message()
    {
        var editor = Editor(Bytes("MSH|^~\\.|LAB\rNTE|1\r"));
        editor.First("NTE")!.Set(3, "a\nb.c");

        Assert.Equal("MSH|^~\\.|LAB\rNTE|1||a\\X0A\\b\\T\\c\r", Text(editor));
        Assert.Equal("a\nb.c", Hl7Message.Parse(editor.ToArray()).Message!.First("NTE")[3].GetText());
    }

    [Fact]
    public void A_delimiter_that_is_not_declared_is_refused()
    {
        var editor = Editor(Bytes("MSH|^~|LAB\rPID|1||a\r"));
        var pid = editor.First("PID")!;

        Assert.False(pid.Set(3, 1, 1, 2, "x"));
        Assert.False(pid.Set(3, "a|b"));
        Assert.True(pid.Set(3, 1, 2, "b"));
        Assert.Equal([Hl7Rules.WriteDelimiterMissing, Hl7Rules.WriteDelimiterMissing], editor.Findings.Select(finding => finding.RuleId));
        Assert.Equal("MSH|^~|LAB\rPID|1||a^b\r", Text(editor));
    }

    private static Hl7Editor Editor(byte[] frame) => new(Hl7Message.Parse(frame).Message!);

    private static string Text(Hl7Editor editor) => Encoding.UTF8.GetString(editor.ToArray());
}
