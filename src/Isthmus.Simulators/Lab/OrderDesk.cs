using System.Globalization;

namespace Isthmus.Simulators.Lab;

/// <summary>Draws orders: who, where, what, and the values.</summary>
internal sealed class OrderDesk(int seed, IReadOnlyList<SyntheticPatient> patients, OruOptions options)
{
    /// <summary>Streams of the seed: one for messages, one for stays, so that neither disturbs the other.</summary>
    private const ulong StayStream = 1UL << 40;

    private const int Providers = 180;

    private readonly string prefix = options.Prefix ?? string.Create(CultureInfo.InvariantCulture, $"N{seed:X}-");

    private static readonly string[] InpatientWards = ["4W", "MED3", "ICU", "SURG2", "CCU", "PED"];

    public string ControlId(long ordinal) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{ordinal}");

    public DateTimeOffset SentAt(long ordinal) => options.Start + (options.Interval * ordinal);

    public LabOrder Order(long ordinal, OruRequest request)
    {
        var random = new SeededRandom((ulong)seed, (ulong)ordinal);
        var patient = patients[random.Next(patients.Count)];
        var drawnPanel = random.NextDouble() switch { < 0.42 => LabCatalogue.BasicMetabolic, < 0.82 => LabCatalogue.BloodCount, _ => LabCatalogue.Lipids };
        var drawnCritical = random.Chance(options.CriticalRate) ? random.Chance(0.7) ? "K" : "GLU" : string.Empty;
        var critical = request.CriticalCode ?? drawnCritical;
        var panel = request.Panel ?? (critical.Length > 0 ? LabCatalogue.BasicMetabolic : drawnPanel);
        var sent = SentAt(ordinal);
        var received = sent.AddMinutes(-random.Next(25, 90));
        patient = request.Patient ?? patient;
        return new()
        {
            Patient = patient,
            Stay = StayOf(patient),
            Panel = panel,
            Placer = string.Create(CultureInfo.InvariantCulture, $"P{prefix}{ordinal}"),
            Filler = string.Create(CultureInfo.InvariantCulture, $"F{prefix}{ordinal}"),
            CollectedAt = received.AddMinutes(-random.Next(10, 70)),
            ReceivedAt = received,
            ReportedAt = sent.AddSeconds(-random.Next(5, 300)),
            Status = 'F',
            Comment = random.Chance(0.15) ? "Patient was fasting; drawn at bedside & labelled there." : null,
            Observations = Observe(ref random, panel, critical, request.HasMixedUnits),
        };
    }

    /// <summary>The same order with one or two values put right.</summary>
    public LabOrder Correction(LabOrder order, long ordinal)
    {
        var random = new SeededRandom((ulong)seed, (ulong)ordinal);
        var corrected = order.Observations.ToArray();
        var count = random.Next(1, 2);
        for (var i = 0; i < count; i++)
        {
            // A critical value is what is most often asked back about.
            var critical = Array.FindIndex(corrected, observation => observation.IsCritical);
            var at = critical >= 0 ? critical : random.Next(corrected.Length);
            var wrong = corrected[at];
            corrected[at] = wrong with
            {
                Value = Another(ref random, wrong),
                Status = 'C',
                IsUnobtainable = false,
                IsOpenEnded = false,
                Note = "Corrected result; the earlier report of this test is void.",
            };
        }

        return order with
        {
            Observations = corrected,
            Status = 'C',
            ReportedAt = Later(SentAt(ordinal).AddSeconds(-2), order.ReportedAt.AddSeconds(1)),
        };
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static decimal Another(ref SeededRandom random, LabObservation wrong)
    {
        decimal value;
        do
        {
            value = Clamp(wrong.Test, (decimal)random.NextNormal(wrong.Test.Mean, wrong.Test.Deviation / 2));
        }
        while (wrong.Written(value) == wrong.Written(wrong.Value));

        return value;
    }

    private LabObservation[] Observe(ref SeededRandom random, LabPanel panel, string critical, bool? mixed)
    {
        var values = panel.Tests.ToDictionary(test => test.Code, _ => 0m);
        foreach (var test in panel.Tests)
        {
            values[test.Code] = Clamp(test, (decimal)random.NextNormal(test.Mean, test.Deviation));
        }

        if (values.ContainsKey(critical))
        {
            values[critical] = CriticalValue(ref random, critical);
        }

        LabFormulas.Apply(values);
        var allSi = random.Chance(options.SiRate);
        var isMixed = mixed ?? (!allSi && random.Chance(options.MixedUnitsRate));
        var plain = random.Chance(options.PlainFlagRate);
        var unobtainable = random.Chance(options.UnobtainableRate) ? random.Next(panel.Tests.Count) : -1;
        var convertible = 0;
        var observations = new LabObservation[panel.Tests.Count];
        for (var i = 0; i < observations.Length; i++)
        {
            var test = panel.Tests[i];
            var isSi = test.Si is not null && (isMixed ? convertible++ % 2 == 0 : allSi);
            observations[i] = new()
            {
                Test = test,
                Value = decimal.Round(values[test.Code], test.Decimals, MidpointRounding.AwayFromZero),
                IsSi = isSi,
                HasPlainFlags = plain,
                IsOpenEnded = test.Code == "EGFR" && values[test.Code] > 90,
                IsUnobtainable = i == unobtainable && test.Code != critical,
                Note = test.Code == critical ? "Critical value; read back requested." : i == unobtainable ? "Specimen hemolyzed." : null,
            };
        }

        return observations;
    }

    /// <summary>Well beyond the limits, so that rounding and unit conversion leave no doubt.</summary>
    private static decimal CriticalValue(ref SeededRandom random, string code) => code switch
    {
        "K" => random.Chance(0.75) ? 6.5m + (random.Next(12) / 10m) : 2.0m + (random.Next(6) / 10m),
        "GLU" => random.Chance(0.7) ? 520 + random.Next(260) : 18 + random.Next(18),
        _ => throw new ArgumentOutOfRangeException(nameof(code), "No critical limits are known for this test."),
    };

    /// <summary>Values that are drawn stay clear of the critical limits and of zero.</summary>
    private static decimal Clamp(LabTest test, decimal value)
    {
        var width = test.High - test.Low;
        var low = Math.Max(test.Low - (width / 2), test.Low / 3);
        var high = test.High + (width * 0.6m);
        return test.Critical is { } critical
            ? Math.Clamp(value, Math.Max(low, critical.Low + (width / 10)), Math.Min(high, critical.High - (width / 10)))
            : Math.Clamp(value, low, high);
    }

    private Stay StayOf(SyntheticPatient patient)
    {
        var random = new SeededRandom((ulong)seed, StayStream + (ulong)patient.Number);
        var setting = random.NextDouble();
        var (kind, ward) = setting switch
        {
            < 0.45 => ('I', random.PickCommon<string>(InpatientWards)),
            < 0.65 => ('E', "ED"),
            _ => ('O', "CLINIC"),
        };
        var doctor = random.Next(Providers);
        return new(
            kind,
            ward,
            kind == 'O' ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{random.Next(101, 129)}"),
            kind == 'I' ? random.Chance(0.5) ? "A" : "B" : string.Empty,
            string.Create(CultureInfo.InvariantCulture, $"V{20_000_000 + patient.Number}"),
            options.Start.AddHours(-random.Next(2, 120)),
            new(CheckDigits.Npi(doctor), NamePool.Families[doctor % NamePool.Families.Length], NamePool.GivenFemale[doctor % NamePool.GivenFemale.Length]));
    }
}
