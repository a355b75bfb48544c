using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Reading
{
    [Fact]
    public void Fields_components_and_subcomponents_are_numbered_as_in_the_standard()
    {
        var pid = Read(Result).First("PID");

        Assert.Equal("4711", pid[3].Value.GetText());
        Assert.Equal("NORTH", pid[3].Component(4).Value.GetText());
        Assert.Equal("ISO", pid[3].Component(4).Subcomponent(3).GetText());
        Assert.Equal("MR", pid[3].Component(5).GetText());
        Assert.Equal(2, pid[3].RepetitionCount);
        Assert.Equal("SOUTH", pid[3].Repetition(2).Component(4).GetText());
        Assert.Equal("Erika", pid[5].Component(2).GetText());
        Assert.Equal("Bern", pid[11].Component(3).GetText());
    }

    [Fact]
    public void The_separator_is_MSH_1_and_the_encoding_characters_are_MSH_2()
    {
        var msh = Read(Result).Msh;

        Assert.Equal("|", msh[1].GetText());
        Assert.Equal(@"^~\&", System.Text.Encoding.ASCII.GetString(msh[2].Raw));
        Assert.Equal(1, msh[2].RepetitionCount);
        Assert.Equal("LAB", msh[3].GetText());
        Assert.Equal("R01", msh[9].Component(2).GetText());
        Assert.Equal("C1", msh[10].GetText());
        Assert.Equal(18, msh.FieldCount);
    }

    [Fact]
    public void A_missing_part_answers_like_an_empty_one()
    {
        var pid = Read(Result).First("PID");

        Assert.False(pid[99].Exists);
        Assert.True(pid[99].IsEmpty);
        Assert.Equal(0, pid[99].RepetitionCount);
        Assert.Equal(string.Empty, pid[99].Component(3).Subcomponent(2).GetText());
        Assert.False(pid[5].Component(9).Exists);
        Assert.False(pid[5].Repetition(2).Exists);
        Assert.True(pid[2].Exists);
        Assert.True(pid[2].IsEmpty);
        Assert.False(Read(Result).First("EVN").Exists);
        Assert.Equal(string.Empty, Read(Result).First("EVN")[3].GetText());
    }

    [Fact]
    public void Trailing_empty_fields_are_counted()
    {
        Assert.Equal(27, Read(Result).First("PID").FieldCount);
    }

    [Fact]
    public void A_field_of_delimiters_only_is_empty()
    {
        var pid = Read(Msh + "\rPID|1|^^&~^").First("PID");

        Assert.True(pid[2].IsEmpty);
        Assert.Equal(2, pid[2].RepetitionCount);
        Assert.Equal(3, pid[2].Repetition(1).ComponentCount);
        Assert.Equal(2, pid[2].Component(3).SubcomponentCount);
    }

    [Fact]
    public void Two_quotes_are_null_and_not_empty()
    {
        var pid = Read(Msh + "\rPID|\"\"|\"\"^x|\"").First("PID");

        Assert.True(pid[1].IsNull);
        Assert.False(pid[1].IsEmpty);
        Assert.False(pid[2].IsNull);
        Assert.True(pid[2].Component(1).IsNull);
        Assert.False(pid[3].IsNull);
    }

    [Fact]
    public void Z_segments_are_kept_in_place()
    {
        var message = Read(Result);
        var local = message.First("ZLB");

        Assert.True(local.IsLocal);
        Assert.Equal(8, local.Index);
        Assert.Equal("x", local[2].Component(3).GetText());
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r\r\n")]
    public void Any_line_end_ends_a_segment(string lineEnd)
    {
        var message = Read(Result.Replace("\r", lineEnd, StringComparison.Ordinal));

        Assert.Equal(9, message.Segments.Count);
        Assert.Equal(2, message.All("OBX").Count);
        Assert.Equal("140", message.All("OBX")[1][5].GetText());
    }

    [Fact]
    public void The_last_segment_needs_no_end()
    {
        var message = Read(Msh + "\rPID|1||4711");

        Assert.Equal("4711", message.First("PID")[3].GetText());
    }

    [Fact]
    public void Delimiters_are_taken_from_the_message()
    {
        var message = Read("MSH$%*!@$LAB$$$$$$ORU%R01$7$P$2.5.1\rPID$1$$a%b@c*d!F!e|^~");
        var field = message.First("PID")[3];

        Assert.Equal("R01", message.Msh[9].Component(2).GetText());
        Assert.Equal("c", field.Component(2).Subcomponent(2).GetText());
        Assert.Equal("d$e|^~", field.Repetition(2).GetText());
    }

    [Fact]
    public void A_fifth_encoding_character_is_the_truncation_character()
    {
        var result = Parse(@"MSH|^~\&#|LAB|||||||1|P|2.7" + "\rPID|1||a\\P\\b#");

        Assert.Empty(result.Findings);
        Assert.Equal((byte)'#', result.Message!.Delimiters.Truncation);
        Assert.Equal("a#b#", result.Message.First("PID")[3].GetText());
    }

    [Fact]
    public void Places_are_named_as_analysts_write_them()
    {
        var message = Read(Result);
        var obx = message.All("OBX")[1];

        Assert.Equal("OBX[2]", obx.Location.ToString());
        Assert.Equal("OBX[2]-3.2", obx[3].Component(2).Location.ToString());
        Assert.Equal("PID-3[2].4", message.First("PID")[3].Repetition(2).Component(4).Location.ToString());
        Assert.Equal("PID-3.4.2", message.First("PID")[3].Component(4).Subcomponent(2).Location.ToString());
        Assert.Equal("PID-3.4.2", message.Locate(message.First("PID")[3].Component(4).Subcomponent(2).Offset).ToString());
        Assert.Equal("MSH-9.2", message.Locate(message.Msh[9].Component(2).Offset).ToString());
    }

    [Fact]
    public void Nothing_prints_its_content()
    {
        var message = Read(Result);
        var pid = message.First("PID");
        string[] printed =
        [
            message.ToString(), message.Segments.ToString(), pid.ToString(), pid[5].ToString(), pid[5].Repetitions.ToString(),
            pid[5].Repetition(1).ToString(), pid[5].Component(1).ToString(), pid[5].Value.ToString(), Parse(Result).ToString(),
        ];

        Assert.All(printed, text => Assert.DoesNotContain("Muster", text, StringComparison.Ordinal));
        Assert.Equal("Hl7Field(17 bytes)", pid[5].ToString());
    }

    [Fact]
    public void Repetitions_are_walked_in_order()
    {
        var seen = new List<string>();
        foreach (var repetition in Read(Result).First("PID")[3].Repetitions)
        {
            seen.Add(repetition.Value.GetText());
        }

        Assert.Equal(["4711", "99"], seen);
    }
}
