using System.Text;

namespace Isthmus.Hl7v2.Tests;

public class Building
{
    [Fact]
    public void Parts_are_put_where_they_belong_in_any_order()
    {
        var builder = new Hl7MessageBuilder();
        builder.Segment("MSH").Set(9, 1, 2, "R01");
        var pid = builder.Segment("PID");
        pid.Set(5, "Muster");
        pid.Set(3, 2, 4, 2, "1.2.3");
        pid.Set(3, 1, 1, 1, "4711"u8);
        pid.Set(3, 2, 1, 1, "99"u8);
        pid.Set(5, 1, 2, "Erika");
        pid.SetNull(13);
        pid.Set(1, "1");

        Assert.Equal("MSH|^~\\&|||||||^R01\rPID|1||4711~99^^^&1.2.3||Muster^Erika||||||||\"\"\r", Encoding.UTF8.GetString(builder.ToArray()));
        Assert.Empty(builder.Findings);
    }

    [Fact]
    public void A_whole_level_is_replaced_and_cleared()
    {
        var builder = new Hl7MessageBuilder();
        builder.Segment("MSH");
        var pid = builder.Segment("PID");
        pid.SetRaw(3, 0, 0, 0, "1^^^A~2^^^B&C"u8);
        pid.Set(3, 1, 4, 0, "X&Y");
        pid.Clear(3, 2, 4);
        pid.SetRaw(5, 0, 0, 0, "a^b"u8);
        pid.Set(5, 0, 0, 0, "c");

        Assert.Equal("PID|||1^^^X\\T\\Y~2^^^||c", Encoding.UTF8.GetString(pid.Raw));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("|^~\\&#")]
    [InlineData("a\\.br\\b")]
    [InlineData("one\ntwo\n")]
    [InlineData("tab\tbed")]
    [InlineData("\"\"")]
    [InlineData("Grüße, 漢字, 𐍈")]
    [InlineData("")]
    public void A_text_comes_back_as_it_went_in(string text)
    {
        foreach (var delimiters in new[] { Hl7Delimiters.Default, new Hl7Delimiters { Field = (byte)'$', Component = (byte)'%', Repetition = (byte)'*', Escape = (byte)'!', Subcomponent = (byte)'@', Truncation = (byte)'#' } })
        {
            var builder = new Hl7MessageBuilder(delimiters);
            builder.Segment("MSH").Set(18, "UNICODE UTF-8");
            Assert.True(builder.Segment("NTE").Set(3, 2, 3, 2, text));
            var field = Hl7Message.Parse(builder.ToArray()).Message!.First("NTE")[3];

            Assert.Equal(text, field.Repetition(2).Component(3).Subcomponent(2).GetText());
            Assert.False(field.Repetition(2).Component(3).IsNull);
        }
    }

    [Theory]
    [InlineData("\u0001", Hl7Rules.WriteControlCharacter)]
    [InlineData("a\0", Hl7Rules.WriteControlCharacter)]
    [InlineData("\u007F", Hl7Rules.WriteControlCharacter)]
    public void What_cannot_be_written_changes_nothing_and_is_found(string text, string rule)
    {
        var builder = new Hl7MessageBuilder();
        builder.Segment("MSH");
        builder.Segment("NTE");
        var note = builder.Segment("NTE");

        Assert.False(note.Set(3, 1, 2, text));
        Assert.Equal("NTE", Encoding.UTF8.GetString(note.Raw));
        var finding = Assert.Single(builder.Findings);
        Assert.Equal((rule, "NTE[2]-3.2.1"), (finding.RuleId, finding.Location.ToString()));
    }

    [Fact]
    public void Bytes_that_are_no_text_and_raw_bytes_that_end_a_segment_are_refused()
    {
        var builder = new Hl7MessageBuilder();
        var msh = builder.Segment("MSH");

        Assert.False(msh.Set(3, [0xC3, 0x28]));
        Assert.Equal(Hl7Rules.WriteInvalidUtf8, Assert.Single(builder.Findings).RuleId);
        Assert.Throws<ArgumentException>(() => msh.SetRaw(3, 0, 0, 0, "a\rPID|1"u8));
        Assert.Throws<ArgumentException>(() => msh.SetRaw(3, 0, 0, 0, "a|b"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => msh.Set(2, "x"));
        Assert.Throws<ArgumentException>(() => builder.Segment("pid"));
        Assert.Throws<ArgumentException>(() => new Hl7MessageBuilder(Hl7Delimiters.Default with { Component = (byte)'|' }));
    }

    [Fact]
    public void A_warm_builder_allocates_nothing()
    {
        var builder = new Hl7MessageBuilder();
        var output = new System.Buffers.ArrayBufferWriter<byte>(4096);
        long before = 0;
        for (var i = 0; i < 200; i++)
        {
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            builder.Clear();
            output.ResetWrittenCount();
            builder.Segment("MSH").Set(9, "ACK"u8);
            builder.Segment("PID").Set(5, 1, 2, 1, "Grüße & Co"u8);
            builder.WriteTo(output);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
