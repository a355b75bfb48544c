using System.Globalization;
using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Tests.Units;

public sealed class UcumConversionTests
{
    [Theory]
    [InlineData("98.6", "[degF]", "37", "Cel")]
    [InlineData("37", "Cel", "310.15", "K")]
    [InlineData("-40", "Cel", "-40", "[degF]")]
    [InlineData("80", "[degRe]", "100", "Cel")]
    [InlineData("671.67", "[degR]", "373.15", "K")]
    [InlineData("90", "mg/dL", "0.9", "g/L")]
    [InlineData("1", "[lb_av]", "453.59237", "g")]
    [InlineData("1", "[in_i]", "2.54", "cm")]
    [InlineData("1", "[mi_i]", "1.609344", "km")]
    [InlineData("120", "mm[Hg]", "15.99864", "kPa")]
    [InlineData("1", "[gal_us]", "3.785411784", "L")]
    [InlineData("1", "kcal", "4184", "J")]
    [InlineData("5", "%", "0.05", "1")]
    [InlineData("250", "10*3/uL", "250", "10*9/L")]
    [InlineData("60", "/min", "1", "Hz")]
    [InlineData("1", "U", "16.66666666666666666666666667", "nkat")]
    [InlineData("7.4", "[pH]", "39.8107170553", "nmol/L", 10)]
    [InlineData("30", "dB[W]", "1", "kW", 12)]
    [InlineData("45", "deg", "100", "%[slope]", 10)]
    [InlineData("2", "B[V]", "10", "V", 12)]
    [InlineData("180", "deg", "3.141592653589793238462643383", "rad")]
    [InlineData("1", "wk", "168", "h")]
    [InlineData("12", "[Ch]", "4", "mm")]
    [InlineData("1", "Oe", "79.57747154594766788444188169", "A/m")]
    [InlineData("3", "[diop]", "0.03", "/cm")]
    [InlineData("1", "[S]", "100", "fs")]
    [InlineData("1", "[mu_0]", "0.0000012566370614359172953850574", "N/A2")]
    [InlineData("1", "eV", "0.000000000160217733", "nJ")]
    [InlineData("1", "[psi]", "6.894757293168361336722673445", "kPa")]
    public void Known_conversions_come_out(string value, string from, string expected, string to, int digits = 28)
    {
        var one = Ucum.Unit(from)!;
        var two = Ucum.Unit(to)!;
        Assert.True(Ucum.TryConvert(Decimal(value), one, two, out var result));
        if (digits == 28)
        {
            Assert.Equal(Decimal(expected), result);
        }
        else
        {
            Assert.True(Math.Abs((result / Decimal(expected)) - 1) < (decimal)Math.Pow(10, -digits), $"{result}");
        }
    }

    [Theory]
    [InlineData("mg/dL", "mmol/L")]
    [InlineData("[iU]/L", "U/L")]
    [InlineData("[iU]", "[arb'U]")]
    [InlineData("[CFU]", "1")]
    [InlineData("Cel", "g")]
    public void Units_of_different_things_do_not_convert(string from, string to)
    {
        Assert.False(Ucum.TryConvert(1, Ucum.Unit(from)!, Ucum.Unit(to)!, out _));
        Assert.False(Ucum.TryCompare(1, Ucum.Unit(from)!, 1, Ucum.Unit(to)!, out _));
    }

    [Fact]
    public void What_no_decimal_and_no_scale_can_hold_answers_false()
    {
        Assert.False(Ucum.TryConvert(1_000_000, Ucum.Unit("mol")!, UcumUnit.One, out _));
        Assert.False(Ucum.TryConvert(0, Ucum.Unit("mol/L")!, Ucum.Unit("[pH]")!, out _));
        Assert.False(Ucum.TryConvert(-1, UcumUnit.One, Ucum.Unit("B")!, out _));
        Assert.False(Ucum.TryConvert(100_000, Ucum.Unit("B")!, UcumUnit.One, out _));
    }

    [Theory]
    [InlineData("1", "mg", "0.001", "g", 0)]
    [InlineData("1000000", "mol", "1", "Ymol", -1)]
    [InlineData("0.3333333333333333333333333333", "[ft_i]", "4", "[in_i]", -1)]
    [InlineData("37", "Cel", "98.6", "[degF]", 0)]
    [InlineData("7", "[pH]", "100", "nmol/L", 0)]
    [InlineData("4", "mg{a}", "3", "mg", 1)]
    public void Quantities_compare_without_rounding(string left, string leftUnit, string right, string rightUnit, int expected)
    {
        Assert.True(Ucum.TryCompare(Decimal(left), Ucum.Unit(leftUnit)!, Decimal(right), Ucum.Unit(rightUnit)!, out var order));
        Assert.Equal(expected, Math.Sign(order));
    }

    [Fact]
    public void A_quantity_in_canonical_units_is_exact()
    {
        Assert.True(Ucum.TryCanonicalise(90m, Ucum.Unit("mg/dL")!, out var canonical));
        Assert.Equal(900m, canonical);
        Assert.Equal("900", canonical.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Units_multiply_and_divide()
    {
        var metre = Ucum.Unit("m")!;
        var area = Ucum.Unit("cm")!.Times(metre)!;
        Assert.Equal("cm.m", area.ToString());
        Assert.True(Ucum.TryCompare(4m, area, 0.04m, Ucum.Unit("m2")!, out var order));
        Assert.Equal(0, order);
        Assert.Equal("g/m2", Ucum.Unit("g/m")!.Over(metre)!.Code);
        Assert.Equal("1", metre.Over(metre)!.Code);
        Assert.Equal("/m", UcumUnit.One.Over(metre)!.Code);
        Assert.Equal("m/s2", metre.Over(Ucum.Unit("s2")!)!.Code);
        Assert.Null(Ucum.Unit("Cel")!.Times(metre));
    }

    private static decimal Decimal(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
