using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Tests;

/// <summary>What the results of a message repeat is worked out once; what differs between them must differ all the same.</summary>
public sealed class RepeatedContentTests
{
    private const string Head = """
        MSH|^~\&|LAB|ELSEWHERE|EHR|HERE|20260704120000||ORU^R01^ORU_R01|M1|P|2.5.1
        PID|1||P1^^^ELSEWHERE^MR||Sample^Invented||19700101|F
        OBR|1|PL1^EHR|FL1^LAB|BMP^Basic metabolic panel^L|||20260704090000|||||||||1002^Order^Olive^^^Dr|||||||||F

        """;

    [Fact]
    public void A_unit_is_each_results_own()
    {
        var outcome = Demo.Translate(Head + Result(1, "mmol/L^millimole^UCUM") + Result(2, "mmol/L^millimole^UCUM") + Result(3, "mg/dL") + Result(4, "mmol/L^millimole^UCUM"));

        var units = outcome.All("Observation").Select(result => (result["valueQuantity"]["unit"].AsString(), result["valueQuantity"]["code"].AsString()));
        Assert.Equal([("millimole", "mmol/L"), ("millimole", "mmol/L"), ("mg/dL", "mg/dL"), ("millimole", "mmol/L")], units);
    }

    [Fact]
    public void A_unit_that_no_table_knows_is_reported_for_each_result()
    {
        var outcome = Demo.Translate(Head + Result(1, "furlong") + Result(2, "furlong"));

        Assert.Equal(["OBX-6", "OBX[2]-6"], Places(outcome, "terminology.unit-unmapped"));
    }

    [Fact]
    public void A_time_is_each_results_own_and_one_that_is_none_is_reported_for_each()
    {
        var outcome = Demo.Translate(Head + Result(1, at: "20260704") + Result(2, at: "20260704") + Result(3, at: "20260705") + Result(4, at: "20260740") + Result(5, at: "20260740"));

        Assert.Equal(["2026-07-04", "2026-07-04", "2026-07-05", null, null], outcome.All("Observation").Select(result => result["effectiveDateTime"].AsString()));
        Assert.Equal(["OBX[4]-14", "OBX[5]-14"], Places(outcome, "hl7.date-time.range-invalid"));
    }

    [Fact]
    public void A_time_that_states_no_offset_takes_that_of_its_own_message()
    {
        const string At = "20260704100000";
        var translator = new Translator(Demo.Maps);

        string? Time(string stamp)
        {
            using var translation = translator.Translate(Demo.Parse(Head.Replace("20260704120000", stamp, StringComparison.Ordinal) + Result(1, at: At)), Demo.Context);
            return translation.Resources.Single(resource => resource.Type == "Observation").Root["effectiveDateTime"].AsString();
        }

        Assert.Equal("2026-07-04T10:00:00+02:00", Time("20260704120000+0200"));
        Assert.Equal("2026-07-04T10:00:00-07:00", Time("20260704120000-0700"));
    }

    [Fact]
    public void An_observer_is_each_results_own()
    {
        var outcome = Demo.Translate(Head + Result(1, by: "T1^Bench^Terry") + Result(2, by: "T1^Bench^Terry") + Result(3, by: "T2^Stand^Sam") + Result(4, by: "T1^Bench^Terry"));

        var observers = outcome.All("Observation").Select(result => result["performer"][0]["reference"].AsString()).ToList();
        Assert.Equal(2, outcome.All("PractitionerRole").Count);
        Assert.Equal([observers[0], observers[0], observers[2], observers[0]], observers);
        Assert.NotEqual(observers[0], observers[2]);
    }

    private static string Result(int number, string unit = "mmol/L", string at = "20260704", string by = "") =>
        $"OBX|{number}|NM|T{number}^Test^L||{number}|{unit}|||||F|||{at}||{by}\n";

    private static IEnumerable<string> Places(Outcome outcome, string rule) =>
        outcome.Findings.Where(finding => finding.Rule == rule).Select(finding => finding.Location.ToString());
}
