using System.Globalization;
using System.Text;
using Isthmus.Simulators.Lab;

namespace Isthmus.Host.Bench;

/// <summary>ADT^A01 messages of about 1.5 kB about invented patients, each different, with escapes here and there.</summary>
internal static class AdmissionTraffic
{
    public static ReadOnlyMemory<byte>[] Create(int count) =>
        [.. SyntheticPopulation.Create(20, count).Select(patient => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Message(patient)))];

    private static string Message(SyntheticPatient p)
    {
        var text = new StringBuilder(2048);
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\r');

        Line($@"MSH|^~\&|REGADT|ST_ELSEWHERE|ISTHMUS|ST_ELSEWHERE|20261116091500-0500||ADT^A01^ADT_A01|A{p.Number:D9}|P|2.5.1|||AL|NE||UNICODE UTF-8");
        Line($"EVN|A01|20261116091455|||1093^Clerk^Robin^^^^^^ST_ELSEWHERE|20261116090000");
        Line($"PID|1||{p.Mrn}^^^{p.Assigner}&2.16.840.1.113883.19.5.1&ISO^MR~{p.Number + 700000}^^^STATE^PI||{p.Family}^{p.Given}^{p.Middle}^{p.Suffix}^^^L~{p.Family}^{p.Given}^^^^^D||{p.BirthDate}|{p.Sex}||2106-3^White^HL70005|{p.Street}^^{p.City}^{p.State}^{p.PostalCode}^USA^H||{p.Phone}^PRN^PH~^NET^Internet^mail{p.Number}@mail.example||en^English^HL70296|M^Married^HL70002|1013^Christian^HL70006|{p.Number + 4000000}^^^{p.Assigner}^AN|||||2186-5^Not Hispanic^HL70189||N");
        Line($"PD1|||St. Elsewhere Primary Care^^1001^^^&2.16.840.1.113883.19.5&ISO^XX|1679576722^Varga^Edit^^^Dr^^^NPI");
        Line($"NK1|1|{p.Family}^Next^O^^^^L|SPO^Spouse^HL70063|{p.Street}^^{p.City}^{p.State}^{p.PostalCode}^USA|{p.Phone}^PRN^PH||EP^Emergency contact person^HL70131");
        Line($"PV1|1|I|4W^412^1^ST_ELSEWHERE^^^^4|R^Routine^HL70007|||1679576722^Varga^Edit^^^Dr^^^NPI|1003000126^Refer^Rhea^^^Dr^^^NPI||MED||||7|||1679576722^Varga^Edit^^^Dr^^^NPI|IP|V{p.Number + 20000000}^^^{p.Assigner}^VN|||||||||||||||||||||||||20261116090000-0500");
        Line($@"PV2|||^Chest pain \T\ shortness of breath, since \H\yesterday\N\|||||20261116|20261120|4");
        Line($@"AL1|1|DA^Drug allergy^HL70127|7980^Penicillin^RXNORM|SV^Severe^HL70128|Rash \F\ swelling\.br\seen 2019|20190312");
        Line($"DG1|1||R07.9^Chest pain, unspecified^I10||20261116|A^Admitting^HL70052");
        Line($"IN1|1|PPO1^Preferred plan^L|9001^^^PAYERS^NIIP|Northern Mutual|PO Box 1^^Northhaven^MA^01099^USA||^WPN^PH^^1^800^5550100|GRP{p.Number % 97}||||20260101|20261231|||{p.Family}^{p.Given}|SEL^Self^HL70063|{p.BirthDate}");
        return text.ToString();
    }
}
