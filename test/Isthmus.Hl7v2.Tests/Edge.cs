using System.Buffers;
using System.Text;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Edge
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(-5));

    [Fact]
    public void The_header_is_read_without_the_message()
    {
        var frame = Bytes(Result);

        Assert.True(Hl7Peek.TryRead(frame, out var header));
        Assert.Null(header.Fault);
        Assert.Equal("LAB NORTH ISTHMUS EAST", string.Join(' ', Text(header.SendingApplication), Text(header.SendingFacility), Text(header.ReceivingApplication), Text(header.ReceivingFacility)));
        Assert.Equal("20260102030405+0100", Text(header.MessageTime));
        Assert.Equal("ORU R01 ORU_R01", string.Join(' ', Text(header.MessageCode), Text(header.TriggerEvent), Text(header.MessageStructure)));
        Assert.Equal("C1 P 2.5.1 AL NE", string.Join(' ', Text(header.ControlId), Text(header.ProcessingId), Text(header.VersionId), Text(header.AcceptAcknowledgementType), Text(header.ApplicationAcknowledgementType)));
        Assert.Equal("UNICODE UTF-8", Text(header.CharacterSet));
        Assert.Equal("4711", Text(header.PatientId));
        Assert.Equal("NORTH", Text(header.PatientIdAssigner));
        Assert.True(header.IsEnhancedMode);

        string Text(Hl7Slice slice) => Encoding.UTF8.GetString(slice.Of(frame));
    }

    [Fact]
    public void The_peek_agrees_with_the_reader_on_every_truncation()
    {
        var frame = Bytes(Result);
        for (var length = 0; length <= frame.Length; length++)
        {
            var part = frame.AsMemory(0, length);
            var isRead = Hl7Peek.TryRead(part.Span, out var header);
            var message = Hl7Message.Parse(part).Message;

            Assert.Equal(message is not null, isRead);
            if (message is null)
            {
                Assert.NotNull(header.Fault);
                continue;
            }

            Assert.Equal(message.Msh[10].GetText(), Encoding.UTF8.GetString(header.ControlId.Of(part.Span)));
            Assert.Equal(message.Msh[9].Component(2).GetText(), Encoding.UTF8.GetString(header.TriggerEvent.Of(part.Span)));
            Assert.Equal(message.Msh[18].GetText(), Encoding.UTF8.GetString(header.CharacterSet.Of(part.Span)));
            Assert.Equal(message.First("PID")[3].Value.GetText(), Encoding.UTF8.GetString(header.PatientId.Of(part.Span)));
            Assert.Equal(message.First("PID")[3].Component(4).Value.GetText(), Encoding.UTF8.GetString(header.PatientIdAssigner.Of(part.Span)));
        }
    }

    [Fact]
    public void The_peek_looks_no_further_than_its_bound()
    {
        var frame = Bytes(Msh + "\rNTE|1||" + new string('x', Hl7Peek.ScannedBytes) + "\rPID|1||4711");

        Assert.True(Hl7Peek.TryRead(frame, out var header));
        Assert.True(header.PatientId.IsEmpty);
    }

    [Fact]
    public void The_peek_never_answers_with_half_a_value()
    {
        var before = Msh + "\rNTE|1||";
        var filler = new string('x', Hl7Peek.ScannedBytes - before.Length - "\rPID|1||47".Length);

        Assert.True(Hl7Peek.TryRead(Bytes(before + filler + "\rPID|1||4711^^^NORTH\r"), out var header));
        Assert.True(header.PatientId.IsEmpty);
        Assert.Equal("C1", Encoding.ASCII.GetString(header.ControlId.Of(Bytes(before))));

        Assert.False(Hl7Peek.TryRead(Bytes("MSH|^~\\&|" + new string('x', Hl7Peek.ScannedBytes) + "|||||||C1\r"), out header));
        Assert.Equal(Hl7Rules.MshTooLong, header.Fault);
    }

    [Fact]
    public void An_acceptance_swaps_the_applications_and_echoes_id_version_and_charset()
    {
        Assert.Equal(
            @"MSH|^~\&|ISTHMUS|EAST|LAB|NORTH|20260102030405.678-0500||ACK^R01^ACK|A7|P|2.5.1||||||UNICODE UTF-8" + "\r"
            + "MSA|CA|C1\r",
            Acknowledge(Bytes(Result), AcknowledgementCode.CA));
    }

    [Fact]
    public void A_refusal_carries_code_rule_place_and_sentence()
    {
        var error = new AcknowledgementError(
            Hl7ErrorCode.UnsupportedVersionId, "inbound.version-refused", "Send v2.5.1 & no other.", new("MSH", 1, 12));
        var ack = Read(Acknowledge(Bytes(Result), AcknowledgementCode.AR, error));

        Assert.Equal("AR", ack.First("MSA")[1].GetText());
        Assert.Equal("MSH^1^12^1", Encoding.ASCII.GetString(ack.First("ERR")[2].Raw));
        Assert.Equal("203", ack.First("ERR")[3].Component(1).GetText());
        Assert.Equal("HL70357", ack.First("ERR")[3].Component(3).GetText());
        Assert.Equal("E", ack.First("ERR")[4].GetText());
        Assert.Equal("inbound.version-refused", ack.First("ERR")[5].GetText());
        Assert.Equal("Send v2.5.1 & no other.", ack.First("ERR")[8].GetText());
    }

    [Fact]
    public void Before_v2_5_the_sentence_stands_in_MSA_3_too()
    {
        var error = new AcknowledgementError(Hl7ErrorCode.ApplicationInternalError, "x.y", "Try again later.");
        var ack = Read(Acknowledge(Bytes(@"MSH|^~\&|A|B|C|D|||ADT^A01|7|P|2.3.1"), AcknowledgementCode.AE, error));

        Assert.Equal("Try again later.", ack.First("MSA")[3].GetText());
        Assert.Equal("2.3.1", ack.Msh[12].GetText());
    }

    [Fact]
    public void The_control_id_is_echoed_byte_for_byte_in_the_senders_delimiters()
    {
        byte[] frame = [.. Bytes("MSH$%*!@$LAB$$$$$$ORU%R01$a!F!"), 0xE9, .. Bytes("%b*c$P$2.5.1$$$$$$8859/1")];
        Hl7Peek.TryRead(frame, out var header);
        var output = new ArrayBufferWriter<byte>();
        Acknowledgement.Write(output, frame, header, AcknowledgementCode.AA, Now, "A7");

        byte[] expected = [.. Bytes("MSA$AA$a!F!"), 0xE9, .. Bytes("%b*c\r")];
        Assert.True(output.WrittenSpan.IndexOf(expected) > 0);
        Assert.StartsWith("MSH$%*!@$", Encoding.Latin1.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void What_holds_control_characters_is_not_quoted()
    {
        var answer = Acknowledge(Bytes("MSH|^~\\&|L\u0001B|NORTH|||2026||ORU^R\b01|C\u00001|\u001bP|2.5.1||||||\u0007"), AcknowledgementCode.AE);

        Assert.Equal(@"MSH|^~\&||||NORTH|20260102030405.678-0500||ACK^^ACK|A7|P|2.5.1||||||" + "\rMSA|AE|\r", answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("MSHx")]
    public void A_frame_without_a_header_is_answered_with_an_empty_MSA_2(string frame)
    {
        Hl7Peek.TryRead(Bytes(frame), out var header);
        var error = new AcknowledgementError(Hl7ErrorCode.SegmentSequenceError, header.Fault!, Hl7Rules.Text(header.Fault!));
        var ack = Read(Acknowledge(Bytes(frame), AcknowledgementCode.AR, error));

        Assert.Equal("AR", ack.First("MSA")[1].GetText());
        Assert.True(ack.First("MSA")[2].Exists);
        Assert.True(ack.First("MSA")[2].IsEmpty);
        Assert.Equal(header.Fault, ack.First("ERR")[5].GetText());
    }

    [Fact]
    public void The_hash_ignores_the_transport_fields_and_nothing_else()
    {
        var first = Hash(Result);

        Assert.Equal(first, Hash(Result.Replace("20260102030405+0100", "20260102040506+0100", StringComparison.Ordinal)));
        Assert.Equal(first, Hash(Result.Replace("2.5.1|||AL", "2.5.1|77||AL", StringComparison.Ordinal)));
        Assert.NotEqual(first, Hash(Result.Replace("|6.9|", "|6.8|", StringComparison.Ordinal)));
        Assert.NotEqual(first, Hash(Result.Replace("|C1|", "|C2|", StringComparison.Ordinal)));
        Assert.NotEqual(first, Hash(Result.Replace("2.5.1|||AL", "2.5.1||77|AL", StringComparison.Ordinal)));
        Assert.NotEqual(first, Convert.ToHexString(ContentHash.Compute(Bytes(Result), [])));
    }

    [Fact]
    public void A_value_cannot_hide_in_an_ignored_field_by_moving_a_separator()
    {
        Assert.NotEqual(Hash(@"MSH|^~\&|A|B|C|D|x|y|ORU"), Hash(@"MSH|^~\&|A|B|C|D|x||y|ORU"));
        Assert.NotEqual(Hash(@"MSH|^~\&|A|B|C|D|x"), Hash(@"MSH|^~\&|A|B|C|D"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("MSH|")]
    [InlineData("MSH|^~\\&")]
    public void Anything_has_a_hash(string frame) => Assert.Equal(64, Hash(frame).Length);

    private static string Hash(string text) => Convert.ToHexString(ContentHash.Compute(Bytes(text), ContentHash.TransportFields));

    private static string Acknowledge(byte[] frame, AcknowledgementCode code, AcknowledgementError? error = null)
    {
        Hl7Peek.TryRead(frame, out var header);
        var output = new ArrayBufferWriter<byte>();
        Acknowledgement.Write(output, frame, header, code, Now, "A7", error);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
