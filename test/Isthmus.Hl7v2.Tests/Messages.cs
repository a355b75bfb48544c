using System.Text;

namespace Isthmus.Hl7v2.Tests;

/// <summary>Messages with invented people.</summary>
internal static class Messages
{
    public const string Msh = @"MSH|^~\&|LAB|NORTH|ISTHMUS|EAST|20260102030405+0100||ORU^R01^ORU_R01|C1|P|2.5.1|||AL|NE||UNICODE UTF-8";

    public const string Result =
        Msh + "\r"
        + "PID|1||4711^^^NORTH&1.2.3&ISO^MR~99^^^SOUTH^SS||Muster^Erika^Anna||19800229|F|||Am Weg 1&Weg&1^^Bern||||||||||||||||\r"
        + "PV1|1|I|ICU^7^B\r"
        + "ORC|RE|P1|F1\r"
        + "OBR|1|P1|F1^LAB|BMP^Basic panel^L|||20260102020000\r"
        + "OBX|1|NM|K^Potassium^L||6.9|mmol/L|3.5-5.1|HH|||F\r"
        + "NTE|1|L|Called\\.br\\to ward \\T\\ ICU\r"
        + "OBX|2|NM|NA^Sodium^L||140|mmol/L|135-145|N|||F\r"
        + "ZLB|1|local^^x\r";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static Hl7Message Read(string text)
    {
        var result = Hl7Message.Parse(Bytes(text));
        Assert.True(result.IsReadable);
        return result.Message!;
    }

    public static Hl7ReadResult Parse(string text) => Hl7Message.Parse(Bytes(text));
}
