using System.Diagnostics;
using System.Text;
using Isthmus.Testing;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

/// <summary>What attacks and broken senders bring: always an answer, with a place, in bounded time and memory.</summary>
public class BadInput
{
    [Theory, HostileRow("F05")]
    [InlineData("OBX|1|ST|X||a\\X0D\\PID|1||666", "OBX-5")]
    [InlineData("OBX|1|ST|X||a^b\\X0D0A\\PID\\F\\1\\F\\\\F\\666", "OBX-5.2")]
    [InlineData("OBX|1|ST|X||a|\\X410a\\OBX\\X7C\\9", "OBX-6")]
    public void A_segment_injected_through_an_escape_stays_text_and_is_located(string line, string place)
    {
        var result = Parse(Msh + "\rPID|1||4711\r" + line);

        var finding = Assert.Single(result.Findings);
        Assert.Equal((Hl7Rules.EscapeSegment, place), (finding.RuleId, finding.Location.ToString()));
        Assert.Equal(3, result.Message!.Segments.Count);
        Assert.Equal("4711", result.Message.First("PID")[3].GetText());
    }

    [Theory]
    [InlineData("\v")]
    [InlineData("\u001C")]
    public void A_frame_that_begins_inside_another_is_not_mixed_into_it(string block)
    {
        var cut = Msh + "\rPID|1||4711\rOBX|1|ST|X||cut o";
        var result = Parse(cut + block + Msh + "\rPID|1||4712\rOBX|1|ST|X||whole\r");

        var finding = Assert.Single(result.Findings);
        Assert.Equal((Hl7Rules.StartBlockInside, "OBX-5", cut.Length), (finding.RuleId, finding.Location.ToString(), finding.Offset));
        Assert.Equal("4711", Assert.Single(result.Message!.All("PID"))[3].GetText());
        Assert.Equal("cut o", Assert.Single(result.Message.All("OBX"))[5].GetText());

        var next = new Hl7Reader().ReadPart(result.Message.Rest, result.Message);
        Assert.Equal("4712", next.Message!.First("PID")[3].GetText());
        Assert.Empty(next.Findings);
    }

    [Fact]
    public void A_start_block_that_no_message_follows_is_a_character()
    {
        var result = Parse(Msh + "\rOBX|1|ST|X||a\vb\v");

        Assert.All(result.Findings, finding => Assert.Equal((Hl7Rules.ControlCharacter, "OBX-5"), (finding.RuleId, finding.Location.ToString())));
        Assert.Equal("a?b?", result.Message!.First("OBX")[5].GetText());
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    [InlineData(new byte[] { 0xE2, (byte)'|' })]
    public void An_invalid_code_point_is_located_and_never_reaches_a_text(byte[] bytes)
    {
        byte[] frame = [.. Bytes(Msh + "\rPID|1||||a^b"), .. bytes, .. Bytes("|c\rNTE|1||x")];
        var result = Hl7Message.Parse(frame);

        var finding = Assert.Single(result.Findings);
        Assert.Equal((Hl7Rules.InvalidUtf8, "PID-5.2"), (finding.RuleId, finding.Location.ToString()));
        Assert.StartsWith("b\uFFFD", result.Message!.First("PID")[5].Component(2).GetText(), StringComparison.Ordinal);
        Assert.Equal("x", result.Message.First("NTE")[3].GetText());
        foreach (var segment in result.Message.Segments)
        {
            Assert.True(System.Text.Unicode.Utf8.IsValid(segment.Raw));
        }
    }

    [Fact]
    public void A_field_of_a_hundred_megabytes_is_refused_without_being_read()
    {
        var frame = new byte[100 * 1024 * 1024];
        Array.Fill(frame, (byte)'x');
        Bytes(Msh + "\rOBX|1|ST|X||").CopyTo(frame, 0);
        var reader = new Hl7Reader();
        reader.Read(Bytes(Result));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();

        var result = reader.Read(frame);

        Assert.Equal((Hl7Rules.MessageTooLong, "message"), (Assert.Single(result.Findings).RuleId, result.Findings[0].Location.ToString()));
        Assert.Null(result.Message);
        Assert.True(Hl7Peek.TryRead(frame, out var header));
        Assert.Equal("C1"u8, header.ControlId.Of(frame));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_field_as_long_as_the_limit_is_read()
    {
        var frame = new byte[Hl7Limits.DefaultMessageBytes];
        Array.Fill(frame, (byte)'~');
        Bytes(Msh + "\rOBX|1|ST|X||").CopyTo(frame, 0);
        var message = Hl7Message.Parse(frame).Message!;

        Assert.InRange(message.First("OBX")[5].RepetitionCount, frame.Length - 200, frame.Length);
        long parts = 0;
        foreach (ref readonly var part in message.Parts)
        {
            parts += part.Length == 0 ? 1 : 0;
        }

        Assert.InRange(parts, frame.Length - 200, frame.Length);
    }

    [Fact]
    public void A_message_cut_at_every_byte_never_shows_what_was_cut()
    {
        var bytes = Bytes(Result);
        var whole = Text(Read(Result));
        var reader = new Hl7Reader();
        for (var length = 0; length < bytes.Length; length++)
        {
            // What lies behind the cut in memory is another message.
            var result = reader.Read(bytes.AsMemory(0, length));
            Assert.Equal(length < 4, result.Message is null);
            if (result.Message is { } message)
            {
                Assert.True(message.Segments.Last().Offset < length);
                Assert.Equal(whole[..Math.Min(Text(message).Count - 1, whole.Count)], Text(message)[..^1]);
            }
            else
            {
                Assert.StartsWith("hl7.msh.", Assert.Single(result.Findings).RuleId, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_reader_keeps_nothing_of_the_message_before()
    {
        var reader = new Hl7Reader();
        byte[][] frames = [Bytes(Result), Bytes(Msh + "\rPID|1||\u0001\\"), Encoding.Latin1.GetBytes(Msh + "\rPID|1||é"), Bytes(Result + Result), Bytes("MSH|^~\\&")];
        foreach (var first in frames)
        {
            foreach (var second in frames)
            {
                reader.Read(first);
                var result = reader.Read(second);
                var alone = Hl7Message.Parse(second);

                Assert.Equal(alone.Findings, result.Findings);
                Assert.Equal(Text(alone.Message!), Text(result.Message!));
                Assert.Equal(alone.Message!.Rest.Length, result.Message!.Rest.Length);
            }
        }
    }

    private static List<string> Text(Hl7Message message) => [.. message.Segments.Select(segment => Encoding.UTF8.GetString(segment.Raw))];
}
