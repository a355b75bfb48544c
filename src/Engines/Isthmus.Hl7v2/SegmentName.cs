using System.Runtime.CompilerServices;

namespace Isthmus.Hl7v2;

/// <summary>
/// Segment names as numbers, so that looking one up is one comparison. A name is a capital letter and two
/// capital letters or digits (HL7 v2.5.1 §2.5.2); Z-segments are ordinary.
/// </summary>
internal static class SegmentName
{
    public const int Msh = ('M' << 16) | ('S' << 8) | 'H';
    public const int Bhs = ('B' << 16) | ('H' << 8) | 'S';
    public const int Fhs = ('F' << 16) | ('H' << 8) | 'S';

    /// <summary>The names of the messages handled every day, so that asking for them makes no string.</summary>
    private static readonly string[] Everyday =
    [
        "MSH", "EVN", "PID", "PD1", "NK1", "PV1", "PV2", "ORC", "OBR", "OBX", "NTE", "SPM", "AL1", "DG1",
        "GT1", "IN1", "IN2", "MRG", "MSA", "ERR", "SFT", "TXA", "SCH", "TQ1", "ROL", "PR1", "ARV",
    ];

    private static readonly Dictionary<int, string> ByKey = Everyday.ToDictionary(static name => Key(name));

    /// <summary>Zero where the bytes are no segment name.</summary>
    public static int Key(ReadOnlySpan<byte> name)
    {
        if (name.Length != 3 || !IsCapital(name[0]) || !IsCapitalOrDigit(name[1]) || !IsCapitalOrDigit(name[2]))
        {
            return 0;
        }

        return (name[0] << 16) | (name[1] << 8) | name[2];
    }

    /// <summary>Minus one, which no segment has, where the text is no segment name.</summary>
    public static int Key(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 3 && char.IsAscii(name[0]) && char.IsAscii(name[1]) && char.IsAscii(name[2])
            && Key([(byte)name[0], (byte)name[1], (byte)name[2]]) is var key and not 0
            ? key
            : -1;
    }

    /// <summary>The text of a key; null for zero.</summary>
    public static string? Text(int key)
    {
        if (key == 0)
        {
            return null;
        }

        return ByKey.TryGetValue(key, out var text)
            ? text
            : new string([(char)(key >> 16), (char)((key >> 8) & 0xFF), (char)(key & 0xFF)]);
    }

    /// <summary>MSH, BHS and FHS count their separator as the first field (HL7 v2.5.1 §2.14.9.1, §2.10.3).</summary>
    public static bool DeclaresDelimiters(int key) => key is Msh or Bhs or Fhs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsCapital(byte character) => (uint)(character - 'A') <= 'Z' - 'A';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsCapitalOrDigit(byte character) => IsCapital(character) || (uint)(character - '0') <= 9;
}
