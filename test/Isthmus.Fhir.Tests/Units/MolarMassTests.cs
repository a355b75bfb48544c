using System.Globalization;
using System.Text.RegularExpressions;
using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Tests.Units;

public sealed partial class MolarMassTests
{
    // CIAAW, abridged standard atomic weights 2021.
    private static readonly Dictionary<string, decimal> Weights = new(StringComparer.Ordinal)
    {
        ["H"] = 1.008m, ["C"] = 12.011m, ["N"] = 14.007m, ["O"] = 15.999m, ["P"] = 30.974m, ["S"] = 32.06m, ["Cl"] = 35.45m, ["Na"] = 22.990m,
        ["K"] = 39.098m, ["Ca"] = 40.078m, ["Mg"] = 24.305m, ["Fe"] = 55.845m, ["I"] = 126.90m, ["Li"] = 6.94m, ["Cu"] = 63.546m, ["Zn"] = 65.38m,
        ["Pb"] = 207.2m, ["Co"] = 58.933m,
    };

    // Factors as laboratories publish them (SI conversion tables of the AMA Manual of Style and of the Merck Manual), to the digits given there.
    [Theory]
    [InlineData("2345-7", "90", "mg/dL", "mmol/L", "4.996", 3)]
    [InlineData("glucose", "1", "mg/dL", "mmol/L", "0.0555", 4)]
    [InlineData("creatinine", "1", "mg/dL", "umol/L", "88.4", 1)]
    [InlineData("cholesterol", "200", "mg/dL", "mmol/L", "5.17", 2)]
    [InlineData("triglyceride", "150", "mg/dL", "mmol/L", "1.69", 2)]
    [InlineData("urea-nitrogen", "14", "mg/dL", "mmol/L", "5.00", 2)]
    [InlineData("bilirubin", "1", "mg/dL", "umol/L", "17.1", 1)]
    [InlineData("urate", "5", "mg/dL", "umol/L", "297.4", 1)]
    [InlineData("calcium", "10", "mg/dL", "mmol/L", "2.495", 3)]
    [InlineData("calcium", "5", "meq/L", "mmol/L", "2.5", 1)]
    [InlineData("calcium", "10", "mg/dL", "meq/L", "4.99", 2)]
    [InlineData("sodium", "140", "meq/L", "mmol/L", "140", 0)]
    [InlineData("hemoglobin", "15", "g/dL", "mmol/L", "9.31", 2)]
    [InlineData("thyroxine", "1", "ug/dL", "nmol/L", "12.87", 2)]
    [InlineData("calcidiol", "30", "ng/mL", "nmol/L", "74.9", 1)]
    [InlineData("iron", "100", "ug/dL", "umol/L", "17.9", 1)]
    [InlineData("lead", "10", "ug/dL", "umol/L", "0.483", 3)]
    [InlineData("glucose", "5", "mmol/L", "mg/dL", "90.1", 1)]
    [InlineData("glucose", "5", "mmol", "mg", "900.8", 1)]
    [InlineData("glucose", "900", "mg/L", "mg/dL", "90", 0)]
    public void Laboratory_units_convert_by_what_was_measured(string analyte, string value, string from, string to, string expected, int places)
    {
        var substance = MolarMasses.Table.Find(analyte)!;
        Assert.True(MolarMasses.TryConvert(Decimal(value), Ucum.Unit(from)!, Ucum.Unit(to)!, substance, out var result));
        Assert.Equal(Decimal(expected), Math.Round(result, places));
        Assert.True(MolarMasses.TryConvert(result, Ucum.Unit(to)!, Ucum.Unit(from)!, substance, out var back));
        Assert.Equal(Decimal(value), back);
    }

    [Theory]
    [InlineData("glucose", "mg/dL", "meq/L")]
    [InlineData("glucose", "meq/L", "mmol/L")]
    [InlineData("glucose", "mg/dL", "mmol")]
    [InlineData("glucose", "g2", "mol2")]
    [InlineData("glucose", "g", "1")]
    [InlineData("glucose", "Cel", "mmol/L")]
    public void Nothing_else_converts(string analyte, string from, string to) =>
        Assert.False(MolarMasses.TryConvert(1, Ucum.Unit(from)!, Ucum.Unit(to)!, MolarMasses.Table.Find(analyte)!, out _));

    [Fact]
    public void Every_mass_is_the_sum_of_its_formula()
    {
        Assert.Equal("1.0.0", MolarMasses.Table.Version);
        Assert.All(MolarMasses.Table.All.Where(substance => substance.Formula.Length > 0), substance =>
            Assert.Equal(Symbol().Matches(substance.Formula).Sum(part => Weights[part.Groups[1].Value] * (part.Groups[2].Length == 0 ? 1 : Decimal(part.Groups[2].Value))), substance.GramsPerMole));
    }

    private static decimal Decimal(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("([A-Z][a-z]?)([0-9]*)", RegexOptions.None, 1000)]
    private static partial Regex Symbol();
}
