using System.Globalization;
using System.Text;

namespace Isthmus.Host.Bench;

/// <summary>
/// A 2 KB ORU^R01 with ten OBX whose control id, patient and order are overwritten in place, so that the load generator
/// takes next to nothing of the machine it measures.
/// </summary>
internal sealed class SampleTraffic
{
    private const int Digits = 10;
    private const byte StartBlock = 0x0B;

    private static readonly (string Code, string Name, string Value, string Unit, string Range)[] Results =
    [
        ("NA", "Sodium", "139", "mmol/L", "135-145"), ("K", "Potassium", "4.2", "mmol/L", "3.5-5.1"),
        ("CL", "Chloride", "103", "mmol/L", "98-107"), ("CO2", "Carbon dioxide, total", "25", "mmol/L", "22-29"),
        ("BUN", "Urea nitrogen", "14", "mg/dL", "7-20"), ("CREA", "Creatinine", "0.9", "mg/dL", "0.6-1.2"),
        ("GLU", "Glucose", "96", "mg/dL", "70-99"), ("CA", "Calcium", "9.4", "mg/dL", "8.6-10.3"),
        ("HGB", "Haemoglobin", "13.8", "g/dL", "12.0-16.0"), ("PLT", "Platelets", "248", "10*3/uL", "150-400"),
    ];

    private readonly byte[] frame;
    private readonly int[] controlIds;
    private readonly int[] patients;
    private readonly int[] orders;

    public SampleTraffic()
    {
        var text = Template();
        frame = Encoding.ASCII.GetBytes(text);
        controlIds = PlacesOf(text, "CCCCCCCCCC");
        patients = PlacesOf(text, "PPPPPPPPPP");
        orders = PlacesOf(text, "OOOOOOOOOO");
    }

    public int Length => frame.Length;

    /// <summary>The whole MLLP frame of one message.</summary>
    public byte[] Frame(long controlId, long patient)
    {
        var copy = (byte[])frame.Clone();
        Write(copy, controlIds, controlId);
        Write(copy, patients, patient);
        Write(copy, orders, controlId);
        return copy;
    }

    private static string Template()
    {
        var text = new StringBuilder();
        text.Append((char)StartBlock);
        text.Append("MSH|^~\\&|LAB|ST_ELSEWHERE|EHR|ST_ELSEWHERE|20261116103000-0500||ORU^R01^ORU_R01|CCCCCCCCCC|P|2.5.1|||AL|NE\r");
        text.Append("PID|1||PPPPPPPPPP^^^ST_ELSEWHERE^MR||Sample^Invented^Q||19700101|F|||1 Test Lane^^Springfield^MA^01101^USA||^PRN^PH^^1^555^0100\r");
        text.Append("PV1|1|I|MED3^301^A^ST_ELSEWHERE||||1001^Attend^Alan^^^Dr^^^NPI||||||||||||VPPPPPPPPPP\r");
        text.Append("ORC|RE|PLOOOOOOOOOO^EHR|FLOOOOOOOOOO^LAB||CM||||20261116090000-0500|||1002^Order^Olive^^^Dr^^^NPI\r");
        text.Append("OBR|1|PLOOOOOOOOOO^EHR|FLOOOOOOOOOO^LAB|BMP^Basic metabolic panel^L|||20261116091500-0500||||||||SER|1002^Order^Olive^^^Dr^^^NPI||||||20261116102500-0500||LAB|F\r");
        for (var i = 0; i < Results.Length; i++)
        {
            var (code, name, value, unit, range) = Results[i];
            text.Append(CultureInfo.InvariantCulture, $"OBX|{i + 1}|NM|{code}^{name}^L||{value}|{unit}^{unit}^UCUM|{range}|N|||F|||20261116091500-0500||TECH7^Bench^Terry^^^^^^LAB\r");
        }

        text.Append("SPM|1|SPOOOOOOOOOO&EHR^SFOOOOOOOOOO&LAB||SER^Serum^HL70487|||||||||||||20261116091500-0500|20261116093000-0500\r");
        text.Append("\u001c\r");
        return text.ToString();
    }

    private static int[] PlacesOf(string text, string mark)
    {
        var places = new List<int>();
        for (var at = text.IndexOf(mark, StringComparison.Ordinal); at >= 0; at = text.IndexOf(mark, at + Digits, StringComparison.Ordinal))
        {
            places.Add(at);
        }

        return [.. places];
    }

    private static void Write(byte[] copy, int[] places, long number)
    {
        foreach (var place in places)
        {
            var rest = number;
            for (var i = Digits - 1; i >= 0; i--)
            {
                copy[place + i] = (byte)('0' + (rest % 10));
                rest /= 10;
            }
        }
    }
}
