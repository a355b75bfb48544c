using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Units;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests.Units;

public sealed class UcumReadingTests
{
    [Fact]
    public void Every_code_of_ucum_common_is_a_unit()
    {
        var refused = new List<string>();
        var read = 0;
        foreach (var include in DefinitionSet.R4.Find("http://hl7.org/fhir/ValueSet/ucum-common")["compose"]["include"])
        {
            foreach (var concept in include["concept"])
            {
                read++;
                var code = concept["code"].AsString()!;
                if (UcumUnit.Read(code).Fault is { } fault)
                {
                    refused.Add($"{code}: {fault.Rule} at {fault.Offset}");
                }
            }
        }

        Assert.True(read > 1300);
        Assert.Empty(refused);
    }

    [Fact]
    public void Every_unit_that_sites_inherit_is_a_unit()
    {
        var codes = File.ReadLines(Repository.PathOf("src", "Engines", "Isthmus.Mapping", "Library", "terminology", "units.csv"))
            .Where(line => !line.StartsWith('#') && line != "spelling,ucum").Select(line => line.Split(',')[^1]).ToList();
        Assert.True(codes.Count > 40);
        Assert.All(codes, code => Assert.NotNull(UcumUnit.Read(code).Unit));
    }

    [Fact]
    public void Every_symbol_of_the_table_reads_as_itself()
    {
        Assert.True(UcumTable.Instance.Atoms.Count() > 300);
        Assert.All(UcumTable.Instance.Atoms, atom => Assert.Equal(atom.Code, UcumUnit.Read(atom.Code).Unit?.ToString()));
    }

    [Theory]
    [InlineData("mg/dL", "g.m-3")]
    [InlineData("kg.m/s2", "g.m.s-2")]
    [InlineData("N", "g.m.s-2")]
    [InlineData("10*3/uL", "m-3")]
    [InlineData("10^-6", "1")]
    [InlineData("%", "1")]
    [InlineData("{score}", "1")]
    [InlineData("/100{WBC}", "1")]
    [InlineData("mm[Hg]", "g.m-1.s-2")]
    [InlineData("m[iU]/mL", "[iU].m-3")]
    [InlineData("[IU]", "[iU]")]
    [InlineData("[in_i'H2O]", "g.m-1.s-2")]
    [InlineData("B[10.nV]", "C-1.g.m2.s-2")]
    [InlineData("[m/s2/Hz^(1/2)]", "m2.s-3")]
    [InlineData("cal_[15]", "g.m2.s-2")]
    [InlineData("dar", "m2")]
    [InlineData("mL/min/{1.73_m2}", "m3.s-1")]
    [InlineData("m/(s.(g/K))", "K.g-1.m.s-1")]
    [InlineData("/s", "s-1")]
    [InlineData("m+2", "m2")]
    [InlineData("12.Cel", "K")]
    public void A_code_resolves_to_base_units(string code, string canonical) =>
        Assert.Equal(canonical, UcumUnit.Read(code).Unit?.CanonicalCode);

    [Theory]
    [InlineData("", "fhir.ucum.empty", 0)]
    [InlineData("MG/DL", "fhir.ucum.unit-unknown", 3)]
    [InlineData("mg/dl ", "fhir.ucum.character", 5)]
    [InlineData("µg", "fhir.ucum.character", 0)]
    [InlineData("mg/", "fhir.ucum.unit-expected", 3)]
    [InlineData("mg..L", "fhir.ucum.unit-expected", 3)]
    [InlineData("m(s", "fhir.ucum.operator-expected", 1)]
    [InlineData("(m/s", "fhir.ucum.parenthesis", 0)]
    [InlineData("m/s)", "fhir.ucum.parenthesis", 3)]
    [InlineData("m{a", "fhir.ucum.annotation", 1)]
    [InlineData("m{a{b}}", "fhir.ucum.annotation", 1)]
    [InlineData("m100", "fhir.ucum.exponent", 1)]
    [InlineData("m0", "fhir.ucum.exponent", 1)]
    [InlineData("k[in_i]", "fhir.ucum.prefix-not-allowed", 0)]
    [InlineData("kmin", "fhir.ucum.prefix-not-allowed", 0)]
    [InlineData("Cel2", "fhir.ucum.special-in-product", 0)]
    [InlineData("W/Cel", "fhir.ucum.special-in-product", 2)]
    [InlineData("Cel.m", "fhir.ucum.special-in-product", 4)]
    [InlineData("0.m", "fhir.ucum.number", 0)]
    [InlineData("Ym99.Ym99.Ym99", "fhir.ucum.out-of-range", 0)]
    [InlineData("[in_i", "fhir.ucum.unit-unknown", 0)]
    public void A_fault_names_its_rule_and_place(string code, string rule, int offset)
    {
        var (unit, fault) = UcumUnit.Read(code);
        Assert.Null(unit);
        Assert.Equal((rule, offset), (fault!.Rule, fault.Offset));
    }

    [Fact]
    public void Every_rule_s_example_breaks_it()
    {
        var rules = typeof(UcumRules).GetFields().Select(field => (UcumRule)field.GetValue(null)!).Where(rule => rule != UcumRules.Empty && rule != UcumRules.TooLong).ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Equal(rule.Id, UcumUnit.Read(rule.Example).Fault?.Rule));
    }

    [Fact]
    public void Deep_and_long_codes_are_refused_in_bounded_time()
    {
        Assert.Equal("fhir.ucum.too-deep", UcumUnit.Read(new string('(', 17) + "m" + new string(')', 17)).Fault?.Rule);
        Assert.Equal("fhir.ucum.too-long", UcumUnit.Read(new string('(', 1_000_000)).Fault?.Rule);
        Assert.Null(Ucum.Unit(new string('m', 1_000_000)));
    }

    [Fact]
    public void A_unit_met_before_costs_no_allocation()
    {
        Assert.NotNull(Ucum.Unit("mg/dL"u8));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Ucum.Unit("mg/dL"u8);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
