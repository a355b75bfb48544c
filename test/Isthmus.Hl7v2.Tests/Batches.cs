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

    [Theory]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rMSH|a\rMSH|b\rBTS|2\rBHS|^~\\&\rMSH|c\rBTS|1|x\rFTS|2\r", "1.1 1.2 2.1", "")]
    [InlineData("BHS|^~\\&\rMSH|a\rBTS\r", "1.1", "")]
    [InlineData("BHS|^~\\&\rMSH|a\rBTS||none counted\r", "1.1", "")]
    [InlineData("BHS|^~\\&\rMSH|a\rBTS|2\r", "1.1", "hl7.batch.count BTS-1")]
    [InlineData("BHS|^~\\&\rMSH|a\rBTS|two\r", "1.1", "hl7.batch.count BTS-1")]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|3\r", "", "hl7.batch.count FTS-1")]
    [InlineData("FHS|^~\\&\rBHS|^~\\&\rMSH|a\r", "1.1", "hl7.batch.unclosed BHS, hl7.batch.unclosed FHS")]
    [InlineData("BHS|^~\\&\rMSH|a\rBHS|^~\\&\rMSH|b\rBTS|1\r", "1.1 2.1", "hl7.batch.unclosed BHS")]
    [InlineData("MSH|a\rBTS|1\rFTS|1\r", "0.1", "hl7.batch.unopened BTS, hl7.batch.unopened FTS")]
    [InlineData("MSH|a\rMSH|b\r", "0.1 0.2", "")]
    public void Each_message_knows_its_batch_and_the_envelope_is_checked(string content, string messages, string findings)
    {
        var batch = Hl7Batch.Read(Encoding.UTF8.GetBytes(content));

        Assert.Equal(messages, string.Join(' ', batch.Messages.Select(message => $"{message.Batch}.{message.Number}")));
        Assert.Equal(findings, string.Join(", ", batch.Findings.Select(finding => $"{finding.RuleId} {finding.Location}")));
    }
}
