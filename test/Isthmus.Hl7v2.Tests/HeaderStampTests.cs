using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2.Tests;

public sealed class HeaderStampTests
{
    private const string Rest = "\rPID|1||X|\rOBX|1|TX|||MSH|9\r";

    [Theory]
    [InlineData("MSH|^~\\&|A|B|||20260101||ADT^A01|OLD|P|2.5", "MSH|^~\\&|A|B|||20260101||ADT^A01|NEW|P|2.5|||AL")]
    [InlineData("MSH|^~\\&|A|B|||20260101||ADT^A01|OLD|P|2.5|1||NE|AL|X", "MSH|^~\\&|A|B|||20260101||ADT^A01|NEW|P|2.5|1||AL|AL|X")]
    [InlineData("MSH#*~\\&#A", "MSH#*~\\&#A#######NEW#####AL")]
    [InlineData("MSH|^~\\&", "MSH|^~\\&||||||||NEW|||||AL")]
    public void Fields_are_set_and_every_other_byte_stays(string header, string stamped)
    {
        Assert.Equal(stamped + Rest, Stamp(header + Rest));
        Assert.Equal(stamped, Stamp(header));
    }

    [Fact]
    public void What_stands_before_the_header_stays() =>
        Assert.Equal("\r\nMSH|^~\\&||||||||NEW|||||AL\nPID", Stamp("\r\nMSH|^~\\&\nPID"));

    [Theory]
    [InlineData("")]
    [InlineData("PID|1")]
    [InlineData("MSH")]
    public void Without_a_header_nothing_is_written(string message) => Assert.Equal("", Stamp(message));

    [Fact]
    public void An_empty_value_clears_a_field_and_adds_none()
    {
        var output = new ArrayBufferWriter<byte>();
        HeaderStamp.Write(output, "MSH|^~\\&|A|B\rPID"u8, [new HeaderValue(4, ""), new HeaderValue(15, "")]);

        Assert.Equal("MSH|^~\\&|A|\rPID", Encoding.Latin1.GetString(output.WrittenSpan));
    }

    private static string Stamp(string message)
    {
        var output = new ArrayBufferWriter<byte>();
        var done = HeaderStamp.Write(output, Encoding.Latin1.GetBytes(message), [new HeaderValue(10, "NEW"), new HeaderValue(15, "AL")]);
        Assert.Equal(done, output.WrittenCount > 0);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
