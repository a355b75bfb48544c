using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>What a sender and a receiver agreed on beyond the standard.</summary>
public sealed record Hl7Profile
{
    /// <summary>The longest a field may be, in characters, by segment and field number.</summary>
    public IReadOnlyDictionary<(string Segment, int Field), int> MaxLengths { get; init; } = new Dictionary<(string, int), int>();

    /// <summary>Fields that must be valued though the standard leaves them open.</summary>
    public IReadOnlySet<(string Segment, int Field)> Required { get; init; } = new HashSet<(string, int)>();
}

/// <summary>
/// Holds a message against the standard as its MSH-12 names it, and against a profile: segments out of place or missing,
/// fields missing, too often, too long, or beyond what the standard has. Real messages depart from the standard every day:
/// this finds, it refuses nothing. Z-segments are between sender and receiver and pass.
/// </summary>
public static class Hl7Conformance
{
    /// <param name="profile">Null for the standard alone.</param>
    /// <returns>At most as many findings as a reader lists; located, without values.</returns>
    public static IReadOnlyList<Hl7Finding> Check(Hl7Message message, Hl7Profile? profile = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var findings = new Hl7Findings(Hl7Limits.DefaultFindings);
        var version = Hl7Versions.TryParse(message.Msh[12].Value.Raw, out var declared) ? declared : (Hl7Version?)null;
        if (StructureOf(message, version) is { } structure)
        {
            new StructureWalk(message, findings).Run(structure);
        }
        else
        {
            findings.Add(Hl7Rules.StructureUnknown, new("MSH", 1, 9), message.Msh[9].Offset);
        }

        foreach (var segment in message.Segments)
        {
            if (findings.IsFull)
            {
                break;
            }

            Fields(segment, version ?? Hl7Versions.Newest, profile, findings);
        }

        Components(message, findings);
        return findings.List;
    }

    /// <summary>The structure of a message by its MSH-9 and MSH-12; null where it is none of those known.</summary>
    public static Hl7Structure? StructureOf(Hl7Message message, Hl7Version? version)
    {
        ArgumentNullException.ThrowIfNull(message);
        var type = message.Msh[9];
        var name = Hl7Definitions.StructureName(type.Component(1).GetText(), type.Component(2).GetText(), type.Component(3).GetText());
        return name is null ? null : Hl7Definitions.Structure(name, version);
    }

    private static void Fields(Hl7Segment segment, Hl7Version version, Hl7Profile? profile, Hl7Findings findings)
    {
        if (segment.IsLocal || Hl7Definitions.Segment(segment.Name) is not { } definition)
        {
            return;
        }

        foreach (var field in definition.Fields)
        {
            var sent = segment[field.Number];
            var key = (definition.Name, field.Number);
            var isRequired = field.Versions.Holds(version) && field.Usage.In(version) == Hl7Usage.Required;
            if ((isRequired || profile?.Required.Contains(key) == true) && sent.IsEmpty)
            {
                findings.Add(Hl7Rules.FieldMissing, segment.Location with { Field = field.Number }, segment.Offset);
            }

            if (field.MaxRepetitions.In(version) is not Hl7FieldDefinition.Unbounded and var most && sent.RepetitionCount > most)
            {
                findings.Add(Hl7Rules.FieldRepetitions, sent.Location, sent.Offset);
            }

            if (profile is not null && profile.MaxLengths.TryGetValue(key, out var longest) && Encoding.UTF8.GetCharCount(sent.Raw) > longest)
            {
                findings.Add(Hl7Rules.FieldTooLong, sent.Location, sent.Offset);
            }
        }
    }

    /// <summary>Values in fields, components and sub-components that no version has.</summary>
    private static void Components(Hl7Message message, Hl7Findings findings)
    {
        var at = -1;
        Hl7SegmentDefinition? definition = null;
        foreach (ref readonly var part in message.Parts)
        {
            if (part.Segment != at)
            {
                at = part.Segment;
                definition = Hl7Definitions.Segment(new Hl7Segment(message, at).Name);
            }

            if (part.Length == 0 || definition is null || findings.IsFull)
            {
                continue;
            }

            if (definition.Field(part.Field) is not { } field)
            {
                findings.Add(Hl7Rules.FieldUnexpected, message.LocationOf(part.Segment) with { Field = part.Field }, part.Offset);
            }
            else if (!Hl7Definitions.Allows(field, part.Component, part.Subcomponent))
            {
                var place = message.LocationOf(part.Segment) with
                {
                    Field = part.Field,
                    Repetition = part.Repetition,
                    Component = part.Component,
                    Subcomponent = part.Subcomponent > 1 ? part.Subcomponent : 0,
                };
                findings.Add(Hl7Rules.ComponentUnexpected, place, part.Offset);
            }
        }
    }
}
