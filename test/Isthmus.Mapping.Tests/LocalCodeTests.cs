using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Tests;

/// <summary>A local code gets a standard one only where its coding system and its unit leave no doubt which.</summary>
public sealed class LocalCodeTests
{
    private const string Head = "MSH|^~\\&|LAB|ELSEWHERE|EHR|HERE|20260704120000+0000||ORU^R01^ORU_R01|M1|P|2.5.1\nPID|1||P1^^^ELSEWHERE^MR||Sample^Invented||19700101|F\nOBR|1|PL1^EHR|FL1^LAB|BMP^Basic metabolic panel^L|||20260704090000+0000|||||||||||||||||F\n";

    [Theory]
    [InlineData("GLU^Glucose^L", "mg/dL", "2345-7")]
    [InlineData("GLU^Glucose^L", "g/L", "2345-7")]
    [InlineData("GLU^Glucose^L", "mmol/L", "14749-6")]
    [InlineData("GLU^Glucose^L", "umol/L^^UCUM", "14749-6")]
    [InlineData("99^x^99LAB^GLU^Glucose^L", "mmol/L", "14749-6")]
    [InlineData("K^Potassium^L", "meq/L", "2823-3")]
    [InlineData("HBA1C^HbA1c^L", "%", "4548-4")]
    [InlineData("HBA1C^HbA1c^L", "mmol/mol^^UCUM", "59261-8")]
    [InlineData("WBC^Leukocytes^L", "10*9/L^^UCUM", "6690-2")]
    [InlineData("INR^INR^L", "", "6301-6")]
    [InlineData("K^Potassium^L", "", "2823-3")]
    public void The_unit_decides_what_a_local_code_means(string sent, string unit, string loinc)
    {
        var codes = CodesOf(sent, unit);

        Assert.Equal(loinc, codes.Loinc);
        Assert.DoesNotContain("terminology.code-unmapped", codes.Findings);
    }

    [Theory]
    [InlineData("GLU^Glucose^L", "")]
    [InlineData("GLU^Glucose^L", "blobs")]
    [InlineData("GLU^Glucose^L", "mmol/mol^^UCUM")]
    [InlineData("K^Potassium^L", "mg/dL")]
    [InlineData("HBA1C^HbA1c^L", "")]
    [InlineData("HBA1C^HbA1c^L", "g/g^^UCUM")]
    [InlineData("TROP^Troponin^L", "ng/mL")]
    [InlineData("GLU^Glucose^99OTHER", "mg/dL")]
    [InlineData("GLU^Glucose", "mg/dL")]
    [InlineData("GLU^Glucose^I10", "mg/dL")]
    public void Where_system_or_unit_leave_a_doubt_the_code_stays_local_and_waits(string sent, string unit)
    {
        var codes = CodesOf(sent, unit);

        Assert.Null(codes.Loinc);
        Assert.Contains("terminology.code-unmapped", codes.Findings);
    }

    [Theory]
    [InlineData("*", "A^a^99ANY", "1-8")]
    [InlineData("*", "A^a", "1-8")]
    [InlineData("*", "A^a^I10", null)]
    [InlineData("", "A^a", "1-8")]
    [InlineData("", "A^a^L", null)]
    [InlineData("https://isthmus.example/local/lab/L", "A^a^L", "1-8")]
    [InlineData("https://isthmus.example/local/other/L", "A^a^L", null)]
    [InlineData("https://isthmus.example/local/lab/", "A^a", "1-8")]
    [InlineData("http://www.ama-assn.org/go/cpt", "A^a^CPT4", "1-8")]
    public void A_row_says_of_which_system_or_source_its_code_is(string system, string sent, string? loinc) =>
        Assert.Equal(loinc, CodesOf(sent, "mg/dL", Tables($"{system},A,*,1-8,http://loinc.org,\n")).Loinc);

    [Fact]
    public void A_row_for_the_unit_comes_before_one_for_any()
    {
        var maps = Tables("L,A,*,1-8,http://loinc.org,\nL,A,mmol/L,2-6,http://loinc.org,\nL,A,,3-4,http://loinc.org,\n");

        Assert.Equal("1-8", CodesOf("A^a^L", "mg/dL", maps).Loinc);
        Assert.Equal("2-6", CodesOf("A^a^L", "umol/L^^UCUM", maps).Loinc);
        Assert.Equal("3-4", CodesOf("A^a^L", "", maps).Loinc);
    }

    [Theory]
    [InlineData("L,A,mg/dL,1-8,http://loinc.org,\nL,A,g/L,2-6,http://loinc.org,\n")]
    [InlineData("L,A,*,1-8,http://loinc.org,\nL,A,*,2-6,http://loinc.org,\n")]
    [InlineData("L,A,,1-8,http://loinc.org,\nL,A,,2-6,http://loinc.org,\n")]
    public void Two_meanings_for_one_case_are_a_fault(string rows) =>
        Assert.Contains(Demo.Load(Files(rows)).Faults, fault => fault.Rule == "map.name-duplicate" && fault.Path == "terminology/local-codes.csv");

    [Fact]
    public void What_a_code_is_called_depends_on_the_unit_as_well()
    {
        Assert.Equal("Glucose [Moles/volume] in Serum or Plasma", Demo.Maps.DisplayOf("L", "GLU", "mmol/L", "lab"));
        Assert.Equal("Glucose [Mass/volume] in Serum or Plasma", Demo.Maps.DisplayOf("L", "GLU", "mg/dL", "lab"));
        Assert.Equal("Glucose [Mass/volume] in Serum or Plasma", Demo.Maps.DisplayOf("LN", "2345-7", "", "lab"));
        Assert.Null(Demo.Maps.DisplayOf("L", "GLU", "", "lab"));
    }

    private static MapSet Tables(string rows) =>
        Demo.Load(Files(rows)) is { Maps: { } maps } ? maps : throw new InvalidOperationException(string.Join('\n', Demo.Load(Files(rows)).Faults));

    private static IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> Files(string rows) => MapLibrary.Files.Append(
        ("terminology/local-codes.csv", Encoding.UTF8.GetBytes($"# table: local-codes\n# kind: codes\n# version: 1.0.0\nsystem,code,unit,target,targetsystem,display\n{rows}")));

    private static (string? Loinc, IEnumerable<string> Findings) CodesOf(string sent, string unit, MapSet? maps = null)
    {
        using var translation = new Translator(maps ?? Demo.Maps).Translate(Demo.Parse(Head + $"OBX|1|NM|{sent}||4|{unit}|||||F\n"), Demo.Context);
        var read = Fhir.Json.FhirJsonReader.Read(Demo.Bundle(translation));
        var observation = read.Root["entry"].Items().Select(entry => entry["resource"]).Single(resource => resource.ResourceType == "Observation");
        var loinc = observation["code"]["coding"].Items().FirstOrDefault(coding => coding["system"].AsString() == "http://loinc.org");
        return (loinc["code"].AsString(), [.. translation.Findings.Where(finding => finding.Table == "codes/local-codes").Select(finding => finding.Rule)]);
    }
}
