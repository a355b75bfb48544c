using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Phi;
using Isthmus.Hl7v2;
using Isthmus.Mapping;
using Isthmus.Mediation.Messages;

namespace Isthmus.Mediation.Codes;

/// <summary>
/// A code that a message brought and no table of the site knows. It stays in the record as it was sent; somebody who knows the source
/// says what it means. Holds what looks like a code, and a display only from a field that the contract does not call PHI; a name may look
/// like a code, so that all of it is for those only who may read the message (<see cref="SentCode"/>).
/// </summary>
/// <param name="Kind"><c>codes</c>, <c>vocabulary</c> or <c>units</c>: the kind of table.</param>
/// <param name="Table">The table that lacks it.</param>
/// <param name="System">The coding system as the sender names it; empty where it does not.</param>
/// <param name="Code">Empty where something else than a code stands in its place.</param>
/// <param name="Unit">For a code of a result, the unit it came with, which decides what a code means; empty where there is none.</param>
/// <param name="Field">Where it stands, without repetitions: <c>OBX-3</c>.</param>
internal sealed record UnmappedCode(string Kind, string Table, PhiText System, PhiText Code, PhiText Display, string Field, PhiText Unit = default)
{
    /// <summary>What a finding is about; null where it is about no table, or the place is gone.</summary>
    public static UnmappedCode? Of(MapFinding finding, Hl7Message message, FieldRules fields)
    {
        if (finding.Table?.Split('/', 2) is not [var kind, var table]
            || finding.Location.Segment is not { } name || SegmentAt(message, name, finding.Location.Occurrence) is not { Exists: true } segment)
        {
            return null;
        }

        var at = finding.Location;
        var repetition = segment.Field(at.Field).Repetition(Math.Max(at.Repetition, 1));
        var first = Math.Max(at.Component, 1);
        var code = repetition.Component(first).Value.GetText();
        var isCode = kind == "units" ? CodeShape.IsUnit(code) : CodeShape.IsCode(code);

        // Code, text and system stand together at 1 to 3, the alternates at 4 to 6 (CWE, HL7 v2.5.1 §2.A.13).
        var isTriplet = kind != "units" && first is 1 or 4;
        var system = isTriplet ? repetition.Component(first + 2).Value.GetText() : string.Empty;
        var display = isTriplet ? repetition.Component(first + 1).Value.GetText() : string.Empty;
        var isTold = isCode && fields.For(segment.Raw[..3])?.Component(at.Field, first + 1)?.Class == DataClass.NonPhi;
        return new UnmappedCode(
            kind, table, new PhiText(CodeShape.IsCode(system) ? system : string.Empty), new PhiText(isCode ? code : string.Empty),
            new PhiText(isTold && CodeShape.IsDisplay(display) ? display : string.Empty), $"{name}-{at.Field}",
            new PhiText(UnitAt(finding.Unit, message)));
    }

    private static string UnitAt(Hl7Location? place, Hl7Message message)
    {
        if (place is not { Segment: { } name } at || SegmentAt(message, name, at.Occurrence) is not { Exists: true } segment)
        {
            return string.Empty;
        }

        var unit = segment.Field(at.Field).Repetition(Math.Max(at.Repetition, 1)).Component(Math.Max(at.Component, 1)).Value.GetText();
        return CodeShape.IsUnit(unit) ? unit : string.Empty;
    }

    private static Hl7Segment SegmentAt(Hl7Message message, string name, int occurrence)
    {
        var segment = message.First(name);
        for (var i = 1; i < occurrence && segment.Exists; i++)
        {
            segment = message.Next(name, segment.Index + 1);
        }

        return segment;
    }
}
