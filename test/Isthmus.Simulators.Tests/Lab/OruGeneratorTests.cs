using System.Text;
using Isthmus.Hl7v2;
using Isthmus.Simulators.Lab;

namespace Isthmus.Simulators.Tests.Lab;

public class OruGeneratorTests
{
    private const int Seed = 7;
    private static readonly IReadOnlyList<SyntheticPatient> Patients = SyntheticPopulation.Create(Seed, 300);

    private readonly OruGenerator generator = new(Seed, Patients);

    [Fact]
    public void One_seed_makes_one_traffic_in_any_order()
    {
        var twin = new OruGenerator(Seed, Patients);
        var forwards = Enumerable.Range(0, 50).Select(_ => generator.Next().Bytes.ToArray()).ToArray();
        var backwards = Enumerable.Range(0, 50).Select(n => twin.At(49 - n).Bytes.ToArray()).Reverse().ToArray();

        Assert.Equal(forwards, backwards);
        Assert.NotEqual(forwards[0], new OruGenerator(Seed + 1, Patients).Next().Bytes.ToArray());
    }

    [Fact]
    public void Every_message_is_sound_and_says_what_its_facts_say()
    {
        for (var i = 0; i < 2000; i++)
        {
            var generated = generator.Next();
            var result = Hl7Message.Parse(generated.Bytes);
            Assert.Empty(result.Findings);
            var message = result.Message!;
            var facts = generated.Facts;

            Assert.Equal(facts.ControlId, message.Msh[10].GetText());
            Assert.InRange(facts.ControlId.Length, 1, 20);
            Assert.Equal("ORU R01 2.5.1", $"{message.Msh[9].Component(1).GetText()} {message.Msh[9].Component(2).GetText()} {message.Msh[12].GetText()}");
            Assert.Equal(facts.Mrn, message.First("PID")[3].Value.GetText());
            Assert.Equal(facts.Assigner, message.First("PID")[3].Component(4).Value.GetText());
            Assert.Equal(Patients[facts.PatientNumber].Family, message.First("PID")[5].Value.GetText());
            Assert.Equal(facts.FillerOrder, message.First("OBR")[3].Value.GetText());
            Assert.Equal(facts.PlacerOrder, message.First("ORC")[2].Value.GetText());
            Assert.Equal(facts.Ward, message.First("PV1")[3].Value.GetText());
            Assert.Equal(facts.Panel, message.First("OBR")[4].Value.GetText());
            Assert.Equal(facts.Observations, message.All("OBX").Count);
            Assert.Equal(facts.IsCritical, message.All("OBX").Any(IsCritical));
            Assert.True(Hl7DateTime.TryParse(message.Msh[7].Raw, out var sent) && sent.Offset is not null);
            Assert.True(Hl7DateTime.TryParse(message.First("OBR")[7].Raw, out _));
        }
    }

    [Fact]
    public void A_message_is_about_two_kilobytes_with_about_ten_results()
    {
        var messages = Enumerable.Range(0, 1000).Select(_ => generator.Next()).ToArray();

        Assert.InRange(messages.Average(message => message.Bytes.Length), 1700, 2400);
        Assert.InRange(messages.Average(message => message.Facts.Observations), 9, 10);
        Assert.InRange(messages.Count(message => message.Facts.IsCritical), 3, 25);
        Assert.InRange(messages.Count(message => message.Facts.HasMixedUnits), 20, 90);
        Assert.Equal(1000, messages.Select(message => message.Facts.FillerOrder).Distinct().Count());
    }

    [Fact]
    public void A_critical_potassium_can_be_asked_for()
    {
        var generated = generator.Next(new() { Patient = Patients[3], CriticalCode = "K" });

        Assert.True(generated.Facts.IsCritical);
        Assert.Equal("K", generated.Facts.CriticalCode);
        Assert.Equal("BMP", generated.Facts.Panel);
        Assert.Equal(3, generated.Facts.PatientNumber);
    }

    [Fact]
    public void Mixed_units_put_conventional_and_SI_units_into_one_message()
    {
        var generated = generator.Next(new() { Panel = LabCatalogue.Lipids, HasMixedUnits = true, CriticalCode = "" });
        var units = Hl7Message.Parse(generated.Bytes).Message!.All("OBX").Select(obx => obx[6].GetText()).ToHashSet();

        Assert.True(generated.Facts.HasMixedUnits);
        Assert.Contains("mg/dL", units);
        Assert.Contains("mmol/L", units);
    }

    [Fact]
    public void A_correction_is_a_new_message_about_the_same_order()
    {
        for (var i = 0; i < 100; i++)
        {
            var first = generator.Next();
            var corrected = generator.Correct(first);
            var before = Hl7Message.Parse(first.Bytes).Message!;
            var after = Hl7Message.Parse(corrected.Bytes).Message!;

            Assert.NotEqual(first.Facts.ControlId, corrected.Facts.ControlId);
            Assert.Equal(first.Facts.FillerOrder, corrected.Facts.FillerOrder);
            Assert.Equal("C", after.First("OBR")[25].GetText());
            Assert.True(string.CompareOrdinal(after.First("OBR")[22].GetText(), before.First("OBR")[22].GetText()) > 0);
            var changed = Enumerable.Range(0, first.Facts.Observations)
                .Where(n => before.All("OBX")[n][5].GetText() != after.All("OBX")[n][5].GetText()).ToArray();
            Assert.InRange(changed.Length, 1, 2);
            Assert.All(changed, n => Assert.Equal("C", after.All("OBX")[n][11].GetText()));
        }
    }

    [Fact]
    public void A_stale_final_keeps_its_old_report_time_under_a_new_control_id()
    {
        var first = generator.Next();
        generator.Correct(first);
        var stale = generator.Resend(first);

        Assert.NotEqual(first.Facts.ControlId, stale.Facts.ControlId);
        Assert.Equal(Rest(first), Rest(stale));
    }

    [Fact]
    public void A_repeat_differs_in_MSH_7_only()
    {
        var first = generator.Next();
        var repeat = generator.Repeat(first);

        Assert.NotEqual(first.Bytes.ToArray(), repeat.Bytes.ToArray());
        Assert.Equal(
            ContentHash.Compute(first.Bytes.Span, ContentHash.TransportFields),
            ContentHash.Compute(repeat.Bytes.Span, ContentHash.TransportFields));
    }

    [Fact]
    public void Traffic_corrects_earlier_messages_now_and_then()
    {
        var traffic = new LabTraffic(Seed, Patients);
        var messages = Enumerable.Range(0, 3000).Select(n => traffic.At(n)).ToArray();
        var corrections = messages.Where(message => message.Facts.Status == 'C').ToArray();

        Assert.InRange(corrections.Length, 30, 95);
        Assert.All(corrections, correction => Assert.Contains(
            messages.Take((int)correction.Facts.Ordinal),
            earlier => earlier.Facts.FillerOrder == correction.Facts.FillerOrder && earlier.Facts.Mrn == correction.Facts.Mrn));
        Assert.Equal(messages[2999].Bytes.ToArray(), new LabTraffic(Seed, Patients).At(2999).Bytes.ToArray());
        Assert.Equal(3000, messages.Select(message => message.Facts.ControlId).Distinct().Count());
    }

    private static string Rest(OruMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Bytes.Span);
        return text[text.IndexOf('\r', StringComparison.Ordinal)..];
    }

    /// <summary>By the limits of the catalogue, in whatever unit was written.</summary>
    private static bool IsCritical(Hl7Segment obx)
    {
        var value = Hl7Number.TryParse(obx[5].Value.Raw, out var number) ? number.Value : (decimal?)null;
        return (obx[3].Value.GetText(), obx[6].GetText()) switch
        {
            ("K", _) => value is < 2.8m or > 6.2m,
            ("GLU", "mg/dL") => value is < 40 or > 500,
            ("GLU", "mmol/L") => value is < 2.2m or > 27.7m,
            _ => false,
        };
    }
}
