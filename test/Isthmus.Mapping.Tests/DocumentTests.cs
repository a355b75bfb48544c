using System.Text;

namespace Isthmus.Mapping.Tests;

public sealed class DocumentTests
{
    private const string Txa = "TXA|1|DS|TX|20260228|N5^Doc^Dora|202603010900-0500||202603011000-0500|N1^Doc^Dora||N9^Typist^Tom|D78^EHR|D77^EHR||||AU|R|AV";

    [Fact]
    public void The_lines_of_a_text_are_one_document_and_a_picture_is_another_content_of_it()
    {
        var outcome = Demo.Translate(Message("T02", $"""
            {Txa}
            OBX|1|TX|18842-5^Discharge summary^LN||Admitted with pain.||||||F
            OBX|2|TX|18842-5^Discharge summary^LN||||||||F
            OBX|3|FT|18842-5^Discharge summary^LN||Better\.br\at home~Dr \T\ team||||||F
            OBX|4|ED|PIC^Picture^L||^Image^PNG^Base64^aW52ZW50ZWQ=||||||F
            OBX|5|NM|8302-2^Height^LN||170|cm|||||F
            """));

        var document = outcome.One("DocumentReference");
        Assert.Equal("Admitted with pain.\n\nBetter\nat home\nDr & team", Encoding.UTF8.GetString(Convert.FromBase64String(document["content"][0]["attachment"]["data"].AsString()!)));
        Assert.Equal("image/png", document["content"][1]["attachment"]["contentType"].AsString());
        Assert.Equal(2, document["content"].Count);
        Assert.Equal($"Observation/{outcome.One("Observation")["id"].AsString()}", document["context"]["related"][1]["reference"].AsString());
        Assert.Equal("final", document["docStatus"].AsString());
        Assert.Equal(3, outcome.All("Provenance").Count);
    }

    [Theory]
    [InlineData("T01", "current", null)]
    [InlineData("T05", "current", "appends")]
    [InlineData("T06", "current", "appends")]
    [InlineData("T09", "current", "replaces")]
    [InlineData("T10", "current", "replaces")]
    [InlineData("T11", "entered-in-error", null)]
    public void The_event_says_what_becomes_of_the_document_and_of_its_parent(string trigger, string status, string? relation)
    {
        var document = Demo.Translate(Message(trigger, Txa)).One("DocumentReference");

        Assert.Equal(status, document["status"].AsString());
        Assert.Equal(relation, document["relatesTo"][0]["code"].AsString());
        Assert.Equal("D77", (relation is null ? document["context"]["related"][0] : document["relatesTo"][0]["target"])["identifier"]["value"].AsString());
    }

    [Fact]
    public void A_notification_without_content_says_that_it_has_none()
    {
        var document = Demo.Translate(Message("T03", Txa)).Json("DocumentReference");

        Assert.Contains("\"content\":[{\"attachment\":{\"contentType\":\"text/plain\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\"", document, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_and_its_replacement_are_told_apart_by_their_numbers()
    {
        var first = Demo.Translate(Message("T02", Txa.Replace("D78^EHR|D77^EHR", "D77^EHR|", StringComparison.Ordinal))).One("DocumentReference");
        var second = Demo.Translate(Message("T10", Txa)).One("DocumentReference");

        Assert.NotEqual(first["id"].AsString(), second["id"].AsString());
    }

    private static string Message(string trigger, string rest) =>
        $"MSH|^~\\&|EHR|HOSP|HIE|HIE|20260301101500-0500||MDM^{trigger}|M1|P|2.5.1\nEVN|{trigger}|20260301101500\nPID|1||771^^^EHR^MR||Invented^Sample\nPV1|1|I\n{rest}";
}
