using System.Collections.Frozen;

namespace Isthmus.Hl7v2;

/// <summary>
/// What the standard says of segments, datatypes and messages, v2.1 to v2.8: data read once from the files beside this
/// one. Facts about senders belong into profiles and maps, not here.
/// </summary>
public static class Hl7Definitions
{
    /// <summary>The datatype of OBX-5 and its like: another field names the one in use.</summary>
    public const string Varies = "VARIES";

    /// <summary>Composites of v2.1 to v2.3 whose components the standard gave in words only.</summary>
    private const string Composite = "CM";

    private static readonly Lazy<FrozenDictionary<string, Hl7SegmentDefinition>> AllSegments = new(DefinitionText.Segments);
    private static readonly Lazy<FrozenDictionary<string, Hl7DataType>> AllDataTypes = new(DefinitionText.DataTypes);
    private static readonly Lazy<FrozenDictionary<string, Hl7Structure[]>> AllStructures = new(StructureText.Structures);
    private static readonly Lazy<FrozenDictionary<(string Code, string Event), string>> AllEvents = new(StructureText.Events);

    public static IReadOnlyCollection<Hl7SegmentDefinition> Segments => AllSegments.Value.Values;

    public static IReadOnlyCollection<Hl7DataType> DataTypes => AllDataTypes.Value.Values;

    /// <summary>The names of the message structures, such as ADT_A01.</summary>
    public static IReadOnlyCollection<string> Structures => AllStructures.Value.Keys;

    /// <summary>The segment of that name; null for Z-segments and others that the standard does not have.</summary>
    public static Hl7SegmentDefinition? Segment(string name) => AllSegments.Value.GetValueOrDefault(name);

    /// <summary>The datatype of that name, or null.</summary>
    public static Hl7DataType? DataType(string name) => AllDataTypes.Value.GetValueOrDefault(name);

    /// <summary>The structure as that version has it: the nearest where it has none, the newest where no version is given.</summary>
    public static Hl7Structure? Structure(string name, Hl7Version? version = null)
    {
        if (!AllStructures.Value.TryGetValue(name, out var newestFirst))
        {
            return null;
        }

        var wanted = version ?? Hl7Versions.Newest;
        return Array.Find(newestFirst, variant => variant.Versions.Since <= wanted) ?? newestFirst[^1];
    }

    /// <summary>
    /// The name of a message's structure. MSH-9.3 counts where it names a structure of that message code; where it is
    /// missing, unknown or foreign, code and event decide (HL7 table 0354).
    /// </summary>
    /// <returns>Null where the message is none of those known here.</returns>
    public static string? StructureName(string code, string? trigger, string? declared = null)
    {
        if (declared is not null && AllStructures.Value.ContainsKey(declared) && declared.AsSpan().StartsWith(code)
            && (declared.Length == code.Length || declared[code.Length] == '_'))
        {
            return declared;
        }

        return (trigger is not null ? AllEvents.Value.GetValueOrDefault((code, trigger)) : null)
            ?? AllEvents.Value.GetValueOrDefault((code, StructureText.AnyEvent));
    }

    /// <summary>
    /// Whether a value of that datatype may have the component, and the sub-component below it if one is asked for. The
    /// first part of a primitive value is the value itself; what the standard leaves open is allowed.
    /// </summary>
    /// <param name="component">One-based.</param>
    /// <param name="subcomponent">One-based, or zero for the component as a whole.</param>
    public static bool Allows(string dataType, int component, int subcomponent = 0)
    {
        if (dataType is Varies or Composite || DataType(dataType) is not { } type)
        {
            return true;
        }

        if (type.IsPrimitive)
        {
            return component == 1 && subcomponent <= 1;
        }

        return type.Component(component) is { } part
            && (subcomponent == 0 || part.DataType.Values.Any(inner => Allows(inner, subcomponent)));
    }

    /// <summary>
    /// Whether the field may have the component in any version in which its components are known; see
    /// <see cref="Allows(string, int, int)"/>.
    /// </summary>
    public static bool Allows(Hl7FieldDefinition field, int component, int subcomponent = 0)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.DataType.Values.All(static type => type == Composite)
            || field.DataType.Values.Any(type => type != Composite && Allows(type, component, subcomponent));
    }
}
