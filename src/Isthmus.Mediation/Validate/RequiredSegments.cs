using System.Collections.Frozen;
using Isthmus.Hl7v2;
using Isthmus.Mediation.Messages;

namespace Isthmus.Mediation.Validate;

/// <summary>
/// The segments without which a message of its type says nothing, and was probably cut short (HL7 v2.5.1 chapters 3, 4, 4A, 7, 9, 10).
/// Every message this way carries is about a patient.
/// </summary>
internal static class RequiredSegments
{
    /// <summary>By message code (MSH-9.1). Of the alternatives in one entry any will do.</summary>
    private static readonly FrozenDictionary<string, string[][]> ByCode = new Dictionary<string, string[][]>(StringComparer.Ordinal)
    {
        ["ORU"] = [["OBR"], ["OBX", "NTE"]],
        ["OUL"] = [["OBX", "SPM", "NTE"]],
        ["ORM"] = [["ORC"]],
        ["OML"] = [["ORC"]],
        ["OMG"] = [["ORC"]],
        ["OMP"] = [["RXO"]],
        ["RDE"] = [["RXE"]],
        ["RDS"] = [["RXD"]],
        ["RAS"] = [["RXA"]],
        ["VXU"] = [["RXA"]],
        ["SIU"] = [["SCH"]],
        ["MDM"] = [["TXA"]],
        ["DFT"] = [["FT1"]],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The first one that is not there, or null.</summary>
    public static string? MissingFrom(Hl7Message message)
    {
        if (!message.First("PID").Exists)
        {
            return "PID";
        }

        if (MessageKinds.Of(message) == MessageKind.Merge && !message.First("MRG").Exists)
        {
            return "MRG";
        }

        if (!ByCode.TryGetValue(message.Msh.Field(9).Component(1).Value.GetText(), out var groups))
        {
            return null;
        }

        foreach (var alternatives in groups)
        {
            if (!Array.Exists(alternatives, name => message.First(name).Exists))
            {
                return alternatives[0];
            }
        }

        return null;
    }
}
