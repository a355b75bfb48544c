namespace Isthmus.Mapping.Tests;

/// <summary>What the source says and FHIR forbids is kept another way and reported.</summary>
public sealed class ValidityTests
{
    private const string Head = "MSH|^~\\&|LAB|ELSEWHERE|EHR|HERE|20260704120000||ORU^R01^ORU_R01|M1|P|2.5.1\n";
    private const string Patient = "PID|1||P1^^^ELSEWHERE^MR||Sample^Invented\n";
    private const string Order = "OBR|1||F1^LAB|BMP^Panel^L|||20260704|||||||||||||||||||F\n";

    [Theory]
    [InlineData("LAB^2.16.840.1.113883.19.5^ISO", "urn:oid:2.16.840.1.113883.19.5", false)]
    [InlineData("LAB^2.16.840.1.113883.19.5", "urn:oid:2.16.840.1.113883.19.5", false)]
    [InlineData("LAB^9.16.840^ISO", "https://isthmus.example/local/lab/9.16.840", true)]
    [InlineData("LAB^1.02.3^ISO", "https://isthmus.example/local/lab/1.02.3", true)]
    [InlineData("LAB^6A2F41A3-C54C-FCE8-32D2-0324E1C32E22^UUID", "urn:uuid:6a2f41a3-c54c-fce8-32d2-0324e1c32e22", false)]
    [InlineData("LAB^6A2F41A3^UUID", "https://isthmus.example/local/lab/6A2F41A3", true)]
    [InlineData("LAB^lab.elsewhere.example^DNS", "urn:dns:lab.elsewhere.example", false)]
    [InlineData("LAB^the lab^DNS", "https://isthmus.example/local/lab/the%20lab", true)]
    [InlineData("LAB^https://lab.example/ids^URI", "https://lab.example/ids", false)]
    [InlineData("LAB^tag:lab.example,2026:ids^URI", "tag:lab.example,2026:ids", false)]
    [InlineData("the lab^", "https://isthmus.example/local/lab/the%20lab", false)]
    public void An_assigning_authority_is_a_URI_or_a_local_name(string authority, string system, bool isReported)
    {
        var outcome = Demo.Translate(Head + Patient + Order.Replace("F1^LAB", "F1^" + authority, StringComparison.Ordinal));

        Assert.Equal(system, outcome.One("DiagnosticReport")["identifier"][0]["system"].AsString());
        Assert.Equal(isReported, outcome.Findings.Any(finding => finding.Rule == "hl7.field.universal-id-invalid"));
    }

    [Fact]
    public void An_order_of_nobody_says_that_its_subject_is_unknown()
    {
        var outcome = Demo.Translate(Head + Order);

        Assert.Contains("\"subject\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\",\"valueCode\":\"unknown\"}]}", outcome.Json("ServiceRequest"), StringComparison.Ordinal);
        Assert.False(outcome.One("DiagnosticReport")["subject"].Exists);
        Assert.Contains(outcome.Findings, finding => finding.Rule == "mapping.reference-missing" && finding.Location.ToString() == "OBR");
    }

    [Fact]
    public void An_organization_is_never_at_home()
    {
        var outcome = Demo.Translate(Head + Patient + "ORC|RE|P1|F1|||||||||1002^Order^Olive|||||||||Ward^^W1|1 High St^^Elsewhere^^^^H|^PRN^PH^^^^5550100\n" + Order);
        var ward = outcome.All("Organization").Single(organization => organization["name"].AsString() == "Ward");

        Assert.Equal("Elsewhere", ward["address"][0]["city"].AsString());
        Assert.False(ward["address"][0]["use"].Exists);
        Assert.Equal("5550100", ward["telecom"][0]["value"].AsString());
        Assert.False(ward["telecom"][0]["use"].Exists);
    }
}
