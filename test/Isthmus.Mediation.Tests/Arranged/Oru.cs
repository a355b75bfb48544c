using System.Globalization;
using System.Text;

namespace Isthmus.Mediation.Tests.Arranged;

/// <summary>A result message, sound unless a test says otherwise. The patients are those of the demo's samples.</summary>
internal sealed record Oru
{
    private static int numbers;

    public string ControlId { get; init; } = Next("C");

    public string Sent { get; init; } = "20261116081500";

    public string Charset { get; init; } = "UNICODE UTF-8";

    public string Identifiers { get; init; } = "MRN10001^^^ST_ELSEWHERE^MR";

    public string Name { get; init; } = "Albrecht^Mira^L";

    public string Born { get; init; } = "19580314";

    public string Sex { get; init; } = "F";

    /// <summary>What follows PID-13.</summary>
    public string RestOfPid { get; init; } = "";

    public string Ward { get; init; } = "4W^412^1^ST_ELSEWHERE";

    public string Filler { get; init; } = Next("F");

    public string Reported { get; init; } = "20261116081500";

    public string Status { get; init; } = "F";

    public IReadOnlyList<string> Results { get; init; } = [Result(1, "NA^Sodium^L", "139", "mmol/L"), Result(2, "K^Potassium^L", "4.1", "mmol/L")];

    /// <summary>Segments behind the results.</summary>
    public IReadOnlyList<string> Trailing { get; init; } = [];

    public static string Result(int number, string code, string value, string unit, string flag = "", string status = "F", string type = "NM", string sub = "") =>
        $"OBX|{number}|{type}|{code}|{sub}|{value}|{unit}||{flag}|||{status}|||20261116081500";

    /// <summary>Another patient, unknown to the site.</summary>
    public Oru Of(string mrn, string name = "Lindgren^Oskar", string born = "19751203", string sex = "M") =>
        this with { Identifiers = $"{mrn}^^^ST_ELSEWHERE^MR", Name = name, Born = born, Sex = sex };

    private static string Next(string prefix) => prefix + Interlocked.Increment(ref numbers).ToString(CultureInfo.InvariantCulture);

    public byte[] Bytes() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString() => string.Join('\r', (IEnumerable<string>)
    [
        $@"MSH|^~\&|LAB|ST_ELSEWHERE|ISTHMUS|ST_ELSEWHERE|{Sent}||ORU^R01^ORU_R01|{ControlId}|P|2.5.1||||||{Charset}",
        $"PID|1||{Identifiers}||{Name}||{Born}|{Sex}|||12 Harbor Rd^^Salem^MA^01970^USA||6175550101{RestOfPid}",
        $"PV1|1|I|{Ward}||||1679576722^Varga^Edit^^^^MD^^NPI||||||||||||V10001^^^ST_ELSEWHERE^VN",
        $"ORC|RE|P1^EHR|{Filler}^LAB||CM",
        $"OBR|1|P1^EHR|{Filler}^LAB|BMP^Basic metabolic panel^L|||20261116081500|||||||||1679576722^Varga^Edit^^^^MD^^NPI||||||{Reported}||LAB|{Status}",
        .. Results,
        .. Trailing,
    ]) + "\r";
}
