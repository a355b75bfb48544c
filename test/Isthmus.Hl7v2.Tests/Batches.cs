using System.Text;

namespace Isthmus.Hl7v2.Tests;

public class Batches
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\r\n", "")]
    [InlineData("MSH|a\rPID|1\r", "MSH|a PID|1")]
    [InlineData("MSH|a\rPID|1\rMSH|b\r", "MSH|a PID|1;MSH|b")]
    [InlineData("FHS|^~\\&\nBHS|^~\\&\nMSH|a\nPID|1\nMSH|b\nBTS|2\nFTS|1\n", "MSH|a PID|1;MSH|b")]
    [InlineData("BHS|^~\\&\rMSH|a\rBTS|1\rBHS|^~\\&\rMSH|b\rBTS|1", "MSH|a;MSH|b")]
    [InlineData("\uFEFFMSH|a\r\n\r\nMSH|b", "\uFEFFMSH|a;MSH|b")]
    [InlineData("noise\rMSH|a\rMSHX|c", "noise MSH|a MSHX|c")]
    [InlineData("noise", "noise")]
    [InlineData("noise\rBHS|x\rMSH|a", "noise;MSH|a")]
    public void Each_message_reaches_from_its_header_to_the_next(string content, string expected)
    {
        var messages = Hl7Batch.Messages(Encoding.UTF8.GetBytes(content))
            .Select(message => Encoding.UTF8.GetString(message.Span).ReplaceLineEndings(" ").Replace("\r", " ", StringComparison.Ordinal).Trim());

        Assert.Equal(expected, string.Join(';', messages));
    }
}
