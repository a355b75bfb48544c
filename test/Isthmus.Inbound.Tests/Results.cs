using System.Globalization;

namespace Isthmus.Inbound.Tests;

/// <summary>Invented laboratory results as the demo's lab sends them.</summary>
internal static class Results
{
    public const string FamilyName = "Quillfeather";
    public const string RecordNumber = "MRN7730194";

    private static int ids;

    /// <summary>A control id that no other test uses.</summary>
    public static string NewId() => string.Create(CultureInfo.InvariantCulture, $"C{Interlocked.Increment(ref ids)}");

    public static string Message(
        string controlId, string time = "20261120080000", string type = "ORU^R01^ORU_R01", string version = "2.5.1", string processing = "P",
        string sender = "LAB|ST_ELSEWHERE", string value = "4.1", string accept = "", string patient = RecordNumber, string sequence = "") =>
        string.Create(CultureInfo.InvariantCulture, $"""
            MSH|^~\&|{sender}|ISTHMUS|ST_ELSEWHERE|{time}||{type}|{controlId}|{processing}|{version}|{sequence}||{accept}
            PID|1||{patient}^^^ST_ELSEWHERE^MR||{FamilyName}^Oriel||19610402|F
            OBR|1|PL{controlId}|FL{controlId}|BMP^Basic metabolic panel^L|||20261120073000|||||||||||||||20261120074500||LAB|F
            OBX|1|NM|K^Potassium^L||{value}|mmol/L|3.5-5.1|N|||F
            """).ReplaceLineEndings("\r");
}
