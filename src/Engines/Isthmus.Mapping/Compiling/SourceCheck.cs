using Isthmus.Hl7v2;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Whether the standard, in any of its versions, has what a source names. Z-segments are the sender's own, and a map of a primitive
/// datatype may look for components, because fields grow them from version to version.
/// </summary>
internal static class SourceCheck
{
    /// <summary>How many fields behind the last of 2.8 may be ones that 2.9 added: AUT grew most.</summary>
    private const int LaterFields = 18;

    /// <summary>Where 2.8.2 and later hold another datatype than the definitions up to 2.8 do.</summary>
    private static readonly Dictionary<(string, int), string> LaterTypes = new() { [("ORC", 4)] = "EIP", [("OBR", 54)] = "EIP" };

    /// <summary>What is wrong with a source; null if nothing is.</summary>
    public static string? Fault(SourcePath path)
    {
        if (path.Datatype.Length > 0)
        {
            return Hl7Definitions.DataType(path.Datatype) is null ? $"HL7 v2 has no datatype {path.Datatype}."
                : path.Component > 0 && !Hl7Definitions.DataType(path.Datatype)!.IsPrimitive && !Hl7Definitions.Allows(path.Datatype, path.Component, path.Subcomponent) ? $"A {path.Datatype} has no such component."
                : null;
        }

        if (path.Segment.Length == 0 || IsLocal(path.Segment))
        {
            return null;
        }

        if (Hl7Definitions.Segment(path.Segment) is not { } segment)
        {
            return $"HL7 v2 has no segment {path.Segment}; a sender's own begins with Z.";
        }

        if (path.Field > segment.Fields.Count + LaterFields)
        {
            return $"{path.Segment} ({segment.Title}) has no field {path.Field}; its last is {path.Segment}-{segment.Fields.Count}.";
        }

        return path.Component == 0 || path.IsObservationSuffix || segment.Field(path.Field) is not { } field || Hl7Definitions.Allows(field, path.Component, path.Subcomponent)
            || (LaterTypes.TryGetValue((path.Segment, path.Field), out var later) && Hl7Definitions.Allows(later, path.Component, path.Subcomponent))
            ? null
            : $"{path.Segment}-{path.Field} ({field.Name}) has no such component.";
    }

    public static bool IsLocal(string segment) => segment[0] == 'Z';
}
