using Isthmus.Exchange;

namespace Isthmus.Mediation.Tests.Alarm;

public sealed class DetectCriticalTests
{
    private const string Potassium = "||6.9|mmol/L|3.5-5.1|HH|||F|";

    [Fact]
    public void A_result_that_its_sender_flags_is_critical()
    {
        var signal = Assert.Single(Travel.Of("critical-potassium").Trail.Signals);

        Assert.Contains("Potassium", signal.Subject, StringComparison.Ordinal);
        Assert.Equal("ICU", signal.Location);
    }

    [Theory]
    [InlineData("||6.9|mmol/L|3.5-5.1||||F|", 1)]
    [InlineData("||6.9|mEq/L|3.5-5.1|H|||F|", 1)]
    [InlineData("||4.1|mEq/L|3.5-5.1||||F|", 0)]
    [InlineData("||4.1|mmol/L|3.5-5.1||||F|", 0)]
    [InlineData("||4.1|mmol/L|3.5-5.1|HH|||F|", 1)]
    [InlineData("||6.9|mmol/L|3.5-5.1|HH|||P|", 1)]
    [InlineData("||6.9|mmol/L|3.5-5.1|HH||||", 1)]
    [InlineData("||haemolysed|mmol/L|3.5-5.1||||F|", 0)]
    public void Flag_or_limit_decides(string result, int signals) =>
        Assert.Equal(signals, Travel.Of("critical-potassium", text => text.Replace(Potassium, result, StringComparison.Ordinal)).Trail.Signals.Count);

    [Theory]
    [InlineData("D")]
    [InlineData("X")]
    [InlineData("W")]
    public void A_result_that_is_deleted_or_withdrawn_alarms_nobody(string status) =>
        Assert.Empty(Travel.Of("critical-potassium", text => text.Replace(Potassium, Potassium[..^2] + status + "|", StringComparison.Ordinal)).Trail.Signals);

    [Fact]
    public void A_message_that_is_then_quarantined_has_raised_its_alarm_before()
    {
        var travel = Travel.Of("critical-potassium", text => text.Replace("|6175550102", "|6175550102||||||900-12-3456", StringComparison.Ordinal));

        Assert.Equal(Outcome.Quarantined, travel.Trail.Stopped!.Outcome);
        Assert.Contains(travel.Trail.Signals, signal => signal.Subject.Contains("Potassium", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_result_sent_again_is_the_same_occasion_and_another_value_is_another()
    {
        var first = Key(Travel.Of("critical-potassium"));
        var again = Key(Travel.Of("critical-potassium", text => text.Replace("LAB2026111600002", "LAB2026111600999", StringComparison.Ordinal)));
        var other = Key(Travel.Of("critical-potassium", text => text.Replace("||6.9|", "||7.4|", StringComparison.Ordinal)));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void An_alarm_names_the_test_and_the_place_and_nothing_of_the_patient()
    {
        var signal = Assert.Single(Travel.Of("critical-potassium").Trail.Signals);
        var text = $"{signal.Key} {signal.Subject} {signal.Location} {signal.Detail}";

        Assert.All(["Benoit", "Thaddeus", "MRN10002", "6.9", "19711102"], value => Assert.DoesNotContain(value, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("K^Potassium for Benoit, T.^L", "Potassium (K)")] // the contract's word
    [InlineData("CREA^Creatinine of Benoit^L", "Creatinine [Moles/volume] in Serum or Plasma (CREA)")] // the terminology's, by the unit
    [InlineData("2160-0^Benoit^LN", "Creatinine [Mass/volume] in Serum or Plasma (2160-0)")]
    [InlineData("Benoit^Potassium^99X^K^Potassium^L", "Potassium (K)")]
    [InlineData("Benoit^Creatinine^99X^CREA^Creatinine^L", "Creatinine [Moles/volume] in Serum or Plasma (CREA)")]
    [InlineData("XYZ^Call Benoit^L", "test at OBX[2]")]
    [InlineData("Benoit^Potassium^L", "test at OBX[2]")]
    [InlineData("Benoit Thaddeus^Call him^L", "test at OBX[2]")]
    public void A_task_never_calls_a_test_by_the_senders_own_words(string code, string subject)
    {
        var signal = Assert.Single(Travel.Of("critical-potassium", text => text.Replace("|NM|K^Potassium^L|", $"|NM|{code}|", StringComparison.Ordinal)).Trail.Signals);

        Assert.Equal(subject, signal.Subject);
    }

    [Fact]
    public void A_flood_of_critical_results_raises_a_bounded_number_of_tasks()
    {
        var travel = Travel.Of("critical-potassium", text =>
            text + string.Concat(Enumerable.Range(0, 5000).Select(i => $"OBX|{i}|NM|K^Potassium^L|{i}|6.9|mmol/L|3.5-5.1|HH|||F|\r")));

        Assert.Equal(51, travel.Trail.Signals.Count(s => s.Kind == "critical-result"));
        Assert.Contains(travel.Trail.Findings, f => f.Rule == "critical.too-many");
    }

    [Theory]
    [InlineData("4W", "4W")]
    [InlineData("Benoit", "")]
    [InlineData("ICU Benoit", "")]
    [InlineData("", "")]
    public void A_task_names_a_place_only_if_the_sites_table_has_it(string sent, string place)
    {
        var signal = Travel.Of("critical-potassium", text => text.Replace("|ICU^", $"|{sent}^", StringComparison.Ordinal)).Trail.Signals[0];

        Assert.Equal(place, signal.Location);
    }

    private static string Key(Travel travel) => Assert.Single(travel.Trail.Signals).Key;
}
