using System.Text;

namespace Isthmus.Mapping.Tests;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("application^pdf", "application/pdf")]
    [InlineData("Application^PDF", "application/pdf")]
    [InlineData("^pdf", "application/pdf")]
    [InlineData("^.Pdf", "application/pdf")]
    [InlineData("PDF^", "application/pdf")]
    [InlineData("application/pdf^", "application/pdf")]
    [InlineData("^APPLICATION/PDF", "application/pdf")]
    [InlineData("application^application/pdf", "application/pdf")]
    [InlineData("IM^jpeg", "image/jpeg")]
    [InlineData("image^jpg", "image/jpeg")]
    [InlineData("Image^TIF", "image/tiff")]
    [InlineData("image^heic", "image/heic")]
    [InlineData("text^plain", "text/plain")]
    [InlineData("TEXT^", "text/plain")]
    [InlineData("TX^", "text/plain")]
    [InlineData("TEXT^html", "text/html")]
    [InlineData("text^markdown", "text/markdown")]
    [InlineData("AP^vnd.ms-excel", "application/vnd.ms-excel")]
    [InlineData("multipart^X-HL7-CDA-LEVEL-ONE", "application/hl7-cda-xml")]
    [InlineData("application^", "application/octet-stream")]
    [InlineData("IM^", "application/octet-stream")]
    [InlineData("IM^IM", "application/octet-stream")]
    [InlineData("application^not a subtype", "application/octet-stream")]
    [InlineData("ZZ^unknown", "application/octet-stream")]
    [InlineData("^", "application/octet-stream")]
    public void The_kind_of_data_is_found_however_it_is_spelled(string sent, string expected)
    {
        var outcome = Demo.Translate($"MSH|^~\\&|LAB|L|EHR|E|20260301101500-0500||ORU^R01^ORU_R01|A1|P|2.5.1\nPID|1||771^^^EHR^MR\nOBR|1||F1|X^Panel^L\nOBX|1|ED|D^Document^L||^{sent}^Base64^SGVsbG8=||||||F");

        var attachment = outcome.One("Observation")["extension"][0]["valueAttachment"];
        Assert.Equal(expected, attachment["contentType"].AsString());
        Assert.Equal("Hello", Encoding.UTF8.GetString(Convert.FromBase64String(attachment["data"].AsString()!)));
    }
}
