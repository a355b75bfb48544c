using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2.Tests;

public sealed class BatchEnvelopeTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("BHS|^~\\&|A", true)]
    [InlineData("\uFEFFFHS|^~\\&|A", true)]
    [InlineData("\r\n BHS|^~\\&|A", true)]
    [InlineData("MSH|^~\\&|A\rBHS|^~\\&", false)]
    [InlineData("BHSX", false)]
    [InlineData("BHS", false)]
    [InlineData("", false)]
    public void A_batch_begins_with_its_header(string frame, bool isBatch) =>
        Assert.Equal(isBatch, BatchEnvelope.IsBatch(Encoding.UTF8.GetBytes(frame)));

    [Theory]
    [InlineData("BHS|^~\\&|LAB|HERE|US|THERE|2026||||B1\rMSH|^~\\&|\r", "BHS|^~\\&|US|THERE|LAB|HERE|20261120080000.000+0000|||||B1\rack\rack\rBTS|2\r")]
    [InlineData("FHS#*~\\&#LAB\nMSH#", "BHS#*~\\&###LAB##20261120080000.000+0000#####\rack\rack\rBTS#2\r")]
    [InlineData("FHS|^~\\&|F\rBHS|^~\\&|B\r", "BHS|^~\\&|||B||20261120080000.000+0000|||||\rack\rack\rBTS|2\r")]
    [InlineData("FHS|^~\\&|F\rBHSA^~\\&AB\r", "BHS|^~\\&|||F||20261120080000.000+0000|||||\rack\rack\rBTS|2\r")]
    [InlineData("BHS^^~\\&^LAB\r", "BHS|^~\\&|||||20261120080000.000+0000|||||\rack\rack\rBTS|2\r")]
    [InlineData("BHS|^~\\&|L\0AB|HERE|||||||B\u001b1\r", "BHS|^~\\&||||HERE|20261120080000.000+0000|||||\rack\rack\rBTS|2\r")]
    public void The_answer_turns_the_header_round(string batch, string answer)
    {
        var output = new ArrayBufferWriter<byte>();
        BatchEnvelope.WriteAnswer(output, Encoding.UTF8.GetBytes(batch), ["ack\r"u8.ToArray(), "ack\r"u8.ToArray()], Time);

        Assert.Equal(answer, Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
