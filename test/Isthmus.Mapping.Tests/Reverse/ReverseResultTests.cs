using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class ReverseResultTests
{
    private const string Head = "MSH|^~\\&|LAB|H|EHR|H|20260301101500-0500||ORU^R01^ORU_R01|A1|P|2.5.1\rPID|1||771^^^EHR^MR||Invented^Sample\rOBR|1||F1^LAB|24627-2^Chest CT^LN|||20260301\r";

    [Theory]
    [InlineData("IMP")]
    [InlineData("GDT")]
    [InlineData("ADT")]
    public void An_observations_suffix_is_kept_beside_its_code_and_comes_back(string suffix)
    {
        var (bundle, lines) = AssertReturns($"OBX|1|ST|24627-2&{suffix}^Chest CT^LN||No change||||||F\r");
        var code = Observations(bundle).Single()["code"]!;

        Assert.Equal("24627-2", code["coding"]![0]!["code"]!.GetValue<string>());
        Assert.Equal(("urn:isthmus:hl7v2:OBX-3.1.2", suffix), (code["extension"]![0]!["url"]!.GetValue<string>(), code["extension"]![0]!["valueCode"]!.GetValue<string>()));
        Assert.Contains($"OBX|1|ST|24627-2&{suffix}^Chest CT^LN||No change|", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_is_sent_line_by_line_comes_back_once_and_as_lines()
    {
        var (bundle, lines) = AssertReturns("OBX|1|TX|24627-2&GDT^Findings^LN||The lungs are clear.||||||F\rOBX|2|TX|24627-2&GDT^Findings^LN||The heart is not enlarged.||||||F\rOBX|3|TX|24627-2&IMP^Impression^LN||No change||||||F\r");

        Assert.Contains("presentedForm", Encoding.UTF8.GetString(bundle), StringComparison.Ordinal);
        Assert.Equal(3, lines.Split("OBX|").Length - 1);
        Assert.DoesNotContain("|ED|", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_says_more_than_the_results_goes_out_beside_them()
    {
        var bundle = Encoding.UTF8.GetString(RoundTrip.Forward(Encoding.UTF8.GetBytes(Head + "OBX|1|TX|R^Report^L||One line.||||||F\rOBX|2|TX|R^Report^L||And another.||||||F\r")));
        var data = JsonNode.Parse(bundle)!["entry"]!.AsArray().Select(entry => entry!["resource"]!).Single(resource => resource["presentedForm"] is not null)["presentedForm"]![0]!["data"]!.GetValue<string>();
        var changed = bundle.Replace(data, Convert.ToBase64String("Something else."u8), StringComparison.Ordinal);

        Assert.Contains("|ED|", RoundTrip.Lines(RoundTrip.Back(Encoding.UTF8.GetBytes(changed)).Message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SN", "^9^-^5", "9 - 5 mmol/L")]
    [InlineData("NR", "9^5", "9^5")]
    public void A_range_the_wrong_way_round_stays_text_and_is_found(string type, string value, string text)
    {
        var message = Encoding.UTF8.GetBytes(Head + $"OBX|1|{type}|K^Potassium^L||{value}|mmol/L|||||F\r");
        using var translation = Demo.Translator.Translate(Demo.Parse(message), Demo.Context);
        var observation = Observations(Demo.Bundle(translation)).Single();

        Assert.Contains(translation.Findings, finding => finding.Rule == "hl7.field.range-reversed");
        Assert.Null(observation["valueRange"]);
        Assert.Equal(text, observation["valueString"]!.GetValue<string>());
    }

    private static (byte[] Bundle, string Lines) AssertReturns(string results)
    {
        var bundle = RoundTrip.Forward(Encoding.UTF8.GetBytes(Head + results));
        var back = RoundTrip.Back(bundle);
        Assert.Empty(back.Findings);
        RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
        return (bundle, RoundTrip.Lines(back.Message));
    }

    private static IEnumerable<JsonObject> Observations(byte[] bundle) =>
        JsonNode.Parse(bundle)!["entry"]!.AsArray().Select(entry => entry!["resource"]!.AsObject()).Where(resource => resource["resourceType"]!.GetValue<string>() == "Observation");
}
