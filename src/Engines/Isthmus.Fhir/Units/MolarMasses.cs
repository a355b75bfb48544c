using System.Globalization;

namespace Isthmus.Fhir.Units;

/// <summary>A substance measured both by mass and by amount.</summary>
/// <param name="Name">Lower case, words joined by hyphens: <c>urea-nitrogen</c>.</param>
/// <param name="Formula">The chemical formula the mass is summed over; empty for proteins.</param>
/// <param name="GramsPerMole">g/mol.</param>
/// <param name="Valence">Equivalents per mole, or 0 where equivalents are not in use.</param>
public sealed record MolarMass(string Name, string Formula, decimal GramsPerMole, int Valence);

/// <summary>
/// Conversions that depend on what was measured: mg/dL to mmol/L by molar mass, meq/L to mmol/L by valence. The masses are
/// versioned data, embedded as <c>molar-masses.csv</c>, which states their source.
/// </summary>
public sealed class MolarMasses
{
    private static readonly Rational Mole = UcumTable.Instance.Find("mol", out _)!.Value.Atom.Factor;

    private readonly Dictionary<string, MolarMass> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MolarMass> byLoinc = new(StringComparer.Ordinal);

    private MolarMasses(string text)
    {
        Version = string.Empty;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#' || line.StartsWith("substance,", StringComparison.Ordinal))
            {
                var version = line.IndexOf("version: ", StringComparison.Ordinal);
                Version = version < 0 ? Version : line[(version + 9)..];
                continue;
            }

            var cells = line.Split(',');
            var substance = new MolarMass(cells[0], cells[1], decimal.Parse(cells[2], CultureInfo.InvariantCulture), int.Parse(cells[3], CultureInfo.InvariantCulture));
            byName.Add(substance.Name, substance);
            foreach (var code in cells[4].Split(' '))
            {
                byLoinc.Add(code, substance);
            }
        }
    }

    /// <summary>The table of this build.</summary>
    public static MolarMasses Table { get; } = Load();

    public string Version { get; }

    public IEnumerable<MolarMass> All => byName.Values;

    /// <summary>The substance of a LOINC code or of that name; null if the table has neither.</summary>
    public MolarMass? Find(string loincOrName) => byLoinc.GetValueOrDefault(loincOrName) ?? byName.GetValueOrDefault(loincOrName);

    /// <summary>
    /// Converts a measurement of a substance between units of mass, of amount (mol) and of charge (eq). Exact as
    /// <see cref="Ucum.TryConvert"/>; false where the units do not differ by just that.
    /// </summary>
    public static bool TryConvert(decimal value, UcumUnit from, UcumUnit to, MolarMass substance, out decimal result)
    {
        result = 0;
        if (from.IsSpecial || to.IsSpecial)
        {
            return Ucum.TryConvert(value, from, to, out result);
        }

        // Only mass against amount, once, may differ: g^1 on one side stands for a pure number (UCUM's mol) on the other.
        var mass = from.Dimensions["g"] - to.Dimensions["g"];
        var amount = from.Moles - to.Moles;
        var charge = from.Equivalents - to.Equivalents;
        if (mass is < -1 or > 1 || mass + amount + charge != 0 || (charge != 0 && substance.Valence == 0)
            || !from.Dimensions.Equals(to.Dimensions.Times(Dimensions.Of("g"), mass)))
        {
            return mass == 0 && charge == 0 && Ucum.TryConvert(value, from, to, out result);
        }

        // In moles: mass divides by g/mol, charge by eq/mol; UCUM's own size of a mole falls out.
        var factor = from.Factor / to.Factor
            * (Mole / Rational.Of(substance.GramsPerMole)).Power(mass)
            * (charge == 0 ? Rational.One : Rational.Of(substance.Valence).Power(-charge));
        var exact = Rational.Of(value) * factor;
        if (Rounding.Doubt(value) is { Numerator.IsZero: false } doubt && !factor.IsDecimal)
        {
            exact = Rounding.Shortest(exact, doubt * factor);
        }

        return Rounding.TryToDecimal(exact, out result);
    }

    private static MolarMasses Load()
    {
        using var stream = typeof(MolarMasses).Assembly.GetManifestResourceStream("molar-masses.csv")
            ?? throw new InvalidOperationException("The table of molar masses is missing from this build.");
        using var reader = new StreamReader(stream);
        return new MolarMasses(reader.ReadToEnd());
    }
}
