using System.Globalization;

namespace Isthmus.Simulators.Lab;

/// <summary>
/// Invents patients: one seed, one population. The n-th patient does not depend on how many are asked for. Ages
/// follow a hospital's rather than a country's; about one in seventy is a twin, one in twelve has a name beyond
/// ASCII, some are hyphenated, and what a desk leaves out is left out.
/// </summary>
public static class SyntheticPopulation
{
    /// <summary>The assigner of the demo site, as PID-3.4.1 names it.</summary>
    public const string DefaultAssigner = "ST_ELSEWHERE";

    /// <summary>The identifier system that stands for <see cref="DefaultAssigner"/> in FHIR.</summary>
    public const string DefaultSystem = "urn:oid:2.16.840.1.113883.19.5.1";

    /// <summary>Ages are as of this day, so that a population does not change with the calendar.</summary>
    private static readonly DateOnly AsOf = new(2026, 1, 1);

    public static IReadOnlyList<SyntheticPatient> Create(int seed, int count, string assigner = DefaultAssigner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var patients = new SyntheticPatient[count];
        for (var number = 0; number < count; number++)
        {
            patients[number] = Patient(seed, number, assigner, number == 0 ? null : patients[number - 1]);
        }

        return patients;
    }

    private static SyntheticPatient Patient(int seed, int number, string assigner, SyntheticPatient? previous)
    {
        var random = new SeededRandom((ulong)seed, (ulong)number);
        var isTwin = random.Chance(0.014) && previous is { TwinOf: null };
        var isFemale = random.Chance(0.51);
        var patient = Person(ref random, number, assigner, isFemale);
        if (!isTwin)
        {
            return patient;
        }

        return patient with
        {
            TwinOf = previous!.Number,
            Family = previous.Family,
            BirthDate = previous.BirthDate,
            Street = previous.Street,
            City = previous.City,
            State = previous.State,
            PostalCode = previous.PostalCode,
            Phone = previous.Phone,
            Suffix = null,
        };
    }

    private static SyntheticPatient Person(ref SeededRandom random, int number, string assigner, bool isFemale)
    {
        var isUnicode = random.Chance(0.08);
        var unicode = random.Pick(NamePool.Unicode);
        var family = isUnicode ? unicode.Family : random.PickCommon(NamePool.Families);
        var given = isUnicode
            ? isFemale ? unicode.Female : unicode.Male
            : random.PickCommon(isFemale ? NamePool.GivenFemale : NamePool.GivenMale);
        if (random.Chance(isFemale ? 0.06 : 0.02))
        {
            family = $"{family}-{random.PickCommon(NamePool.Families)}";
        }

        var town = random.Pick(NamePool.Towns);
        var hasAddress = random.Chance(0.97);
        return new()
        {
            Number = number,
            Mrn = Mrn(number),
            Assigner = assigner,
            Family = family,
            Given = given,
            Middle = random.Chance(0.6) ? random.PickCommon(isFemale ? NamePool.GivenFemale : NamePool.GivenMale) : null,
            Suffix = !isFemale && random.Chance(0.03) ? "Jr" : null,
            BirthDate = BirthDate(ref random),
            Sex = random.Chance(0.008) ? random.Chance(0.6) ? 'U' : 'O' : isFemale ? 'F' : 'M',
            Street = hasAddress ? string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 480)} {random.Pick(NamePool.Streets)}") : null,
            City = hasAddress ? town.City : null,
            State = hasAddress ? town.State : null,
            PostalCode = hasAddress && random.Chance(0.98) ? town.Postal : null,
            SharesWithRegistry = random.NextDouble() switch { < 0.7 => true, < 0.85 => false, _ => null },
            Phone = random.Chance(0.9) ? string.Create(CultureInfo.InvariantCulture, $"555-01{random.Next(100):00}") : null,
        };
    }

    private static string? BirthDate(ref SeededRandom random)
    {
        var band = random.NextDouble();
        var (from, to) = band switch { < 0.18 => (0, 17), < 0.46 => (18, 44), < 0.73 => (45, 64), < 0.96 => (65, 88), _ => (89, 103) };
        var day = AsOf.AddYears(-random.Next(from, to)).AddDays(-random.Next(365));
        var form = random.NextDouble() switch { < 0.007 => null, < 0.012 => "yyyy", _ => "yyyyMMdd" };
        return form is null ? null : day.ToString(form, CultureInfo.InvariantCulture);
    }

    /// <summary>Seven digits and a check digit (mod 10, weights 2 and 1), as record numbers often have.</summary>
    private static string Mrn(int number)
    {
        var digits = (1_000_000 + number).ToString(CultureInfo.InvariantCulture);
        return digits + CheckDigits.Luhn(digits).ToString(CultureInfo.InvariantCulture);
    }
}
