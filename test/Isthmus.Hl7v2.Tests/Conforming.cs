using Isthmus.Testing;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Conforming
{
    private const string Admission =
        "MSH|^~\\&|A|B|C|D|20260102||ADT^A01^ADT_A01|1|P|2.5.1\rEVN|A01|20260102\rPID|1||1^^^N||M^E\rNK1|1\rNK1|2\rPV1|1|I\rDG1|1|||||A\rIN1|1|P|C\rIN2|1\rIN1|2|P|C\r";

    private const string Report =
        "MSH|^~\\&|A|B|C|D|20260102||ORU^R01|1|P|2.5.1\rPID|1||1||M\rNTE|1\rPV1|1|I\rORC|RE\rOBR|1|||X\rNTE|1\rOBX|1|ST|X||a||||||F\rNTE|1\rOBX|2|ST|X||a||||||F\rOBR|2|||X\rOBX|1|ST|X||a||||||F\rZXX|1\rPID|1||1||M\rOBR|1|||X\r";

    [Theory]
    [InlineData(Admission)]
    [InlineData(Report)]
    public void A_message_that_keeps_to_the_standard_has_no_findings(string message) => Assert.Empty(Check(message));

    [Theory]
    [InlineData("PV1|1|I\r", "", "hl7.structure.segment-missing PV1")]
    [InlineData("EVN|A01|20260102\r", "", "hl7.structure.segment-missing EVN")]
    [InlineData("PV1|1|I\r", "PV1|1|I\rPV1|2|I\r", "hl7.structure.segment-unexpected PV1[2]")]
    [InlineData("DG1|1|||||A\r", "DG1|1|||||A\rOBR|1|||X\r", "hl7.structure.segment-unexpected OBR")]
    [InlineData("|1^^^N|", "||", "hl7.field.missing PID-3")]
    [InlineData("PV1|1|I", "PV1|1|I~O", "hl7.field.repetitions PV1-2")]
    [InlineData("|1^^^N|", "|1^^^N&1&ISO&x|", "hl7.component.unexpected PID-3.4.4")]
    [InlineData("|1^^^N|", "|1^^^N~1^^^^^^^^^^^^x|", "hl7.component.unexpected PID-3[2].13")]
    [InlineData("DG1|1|||||A\r", "DG1|1|||||A|||||||||||||||||||||||x\r", "hl7.field.unexpected DG1-29")]
    [InlineData("ADT^A01^ADT_A01", "ZZZ^Z01", "hl7.structure.unknown MSH-9")]
    public void What_departs_from_it_is_located(string part, string other, string expected)
    {
        var findings = Check(Admission.Replace(part, other, StringComparison.Ordinal));

        Assert.Contains(expected, findings);
    }

    [Fact]
    public void The_version_that_the_message_names_decides()
    {
        var message = Report.Replace("|2.5.1", "|2.1", StringComparison.Ordinal).Replace("PV1|1|I\r", "SFT|x\r", StringComparison.Ordinal);

        Assert.Contains("hl7.structure.segment-unexpected SFT", Check(message));
        Assert.DoesNotContain("hl7.structure.segment-missing OBR", Check(message));
    }

    [Fact]
    public void Each_absence_of_a_segment_is_told_once_with_a_number_of_its_own()
    {
        var findings = Check("MSH|^~\\&|L|H|||20260704||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1||P1||S\rORC|RE\rOBX|1|ST|K^P^L||4\rORC|RE\rOBX|1|ST|K^P^L||4\r");

        Assert.Equal(
            ["hl7.structure.segment-missing OBR", "hl7.structure.segment-missing OBR[2]"],
            findings.Where(finding => finding.StartsWith("hl7.structure.segment-missing OBR", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_profile_adds_what_two_partners_agreed_on()
    {
        var profile = new Hl7Profile
        {
            MaxLengths = new Dictionary<(string, int), int> { [("PID", 5)] = 3, [("PV1", 2)] = 1 },
            Required = new HashSet<(string, int)> { ("PID", 8) },
        };
        var findings = Hl7Conformance.Check(Read(Admission.Replace("M^E", "Mü^E", StringComparison.Ordinal)), profile);

        Assert.Equal(["hl7.field.too-long PID-5", "hl7.field.missing PID-8"], findings.Select(finding => $"{finding.RuleId} {finding.Location}"));
    }

    [Theory]
    [InlineData("NTE|1\r")]
    [InlineData("PID|1||1||M\r")]
    [InlineData("OBX|1|ST|X||a&b&c^d~e||||||F\r")]
    [InlineData("ZZZ|1\r")]
    [InlineData("BLG|1\r")]
    [InlineData("no segment\r")]
    public void A_message_of_one_pattern_is_answered_and_the_findings_are_bounded(string pattern)
    {
        var message = Read(Report[..Report.IndexOf("PID", StringComparison.Ordinal)] + string.Concat(Enumerable.Repeat(pattern, 19_000)));

        Assert.InRange(Hl7Conformance.Check(message).Count, 1, Hl7Limits.DefaultFindings);
    }

    [ConformanceFact("hl7v2")]
    public void Real_messages_are_all_of_a_known_structure()
    {
        foreach (var path in Directory.GetFiles(Conformance.PathOf("hl7v2", "messages"), "*.hl7"))
        {
            var message = Hl7Message.Parse(File.ReadAllBytes(path)).Message!;
            Assert.DoesNotContain(Hl7Conformance.Check(message), finding => finding.RuleId == Hl7Rules.StructureUnknown);
        }
    }

    private static IEnumerable<string> Check(string message) =>
        Hl7Conformance.Check(Read(message)).Select(finding => $"{finding.RuleId} {finding.Location}");
}
