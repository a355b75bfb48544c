using System.Collections.Frozen;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Types;

/// <summary>
/// <see cref="FhirSchema"/> by number: types and path names are small integers, so that a walk through a resource
/// looks nothing up by text. Names numbered beyond <see cref="FhirNames"/> are stems of choices, which JSON never writes.
/// </summary>
internal sealed class FhirTypes
{
    /// <summary>No type: an element that R4 does not define.</summary>
    public const int Unknown = -1;

    private readonly FhirTypeEntry[] entries;
    private readonly FrozenDictionary<string, int> ids;
    private readonly FrozenDictionary<string, int> stems;
    private readonly int[] slots;

    private FhirTypes(FhirSchema schema)
    {
        entries = [.. schema.Types.OrderBy(type => type.Name, StringComparer.Ordinal).Select((type, id) => new FhirTypeEntry(id, type, FormOf(type)))];
        ids = entries.ToFrozenDictionary(entry => entry.Name, entry => entry.Id, StringComparer.Ordinal);
        stems = schema.Types.SelectMany(type => type.OwnElements).Select(element => element.Choice).OfType<string>().Distinct(StringComparer.Ordinal)
            .Where(stem => FhirNames.IdOf(stem) < 0).Order(StringComparer.Ordinal)
            .Select((stem, i) => KeyValuePair.Create(stem, FhirNames.Count + i)).ToFrozenDictionary(StringComparer.Ordinal);
        slots = Slots(entries);
        foreach (var entry in entries)
        {
            entry.Bind(this);
        }

        Extension = IdOf("Extension");
        Resource = IdOf("Resource");
        String = IdOf("string");
    }

    public static FhirTypes R4 { get; } = new(FhirSchema.R4);

    public int Extension { get; }

    public int Resource { get; }

    public int String { get; }

    public FhirTypeEntry this[int id] => entries[id];

    public int IdOf(string name) => ids.GetValueOrDefault(name, Unknown);

    public int IdOf(ReadOnlySpan<byte> name)
    {
        var mask = slots.Length - 1;
        for (var slot = (int)Hash(name) & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (entries[slots[slot] - 1].Text.AsSpan().SequenceEqual(name))
            {
                return slots[slot] - 1;
            }
        }

        return Unknown;
    }

    /// <summary>The number of an element name as paths write it, choice stems included; -1 if R4 has none of that name.</summary>
    public int PathName(string name) => FhirNames.IdOf(name) is var id and >= 0 ? id : stems.GetValueOrDefault(name, -1);

    /// <summary>Whether a type is another or specialises it.</summary>
    public bool IsA(int type, int wanted)
    {
        for (var at = type; at != Unknown; at = entries[at].Base)
        {
            if (at == wanted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where a path name leads from a type.</summary>
    public FhirStep StepOf(int type, int pathName) => entries[type].Step(pathName) ?? entries[type].Missing;

    /// <summary>A type as defined, or of a resource, what the instance says it is.</summary>
    public int Actual(int type, FhirTape tape, int node) =>
        type != Resource ? type : OfResource(tape, node) is var own and >= 0 ? own : type;

    /// <summary>The type of a resource from its <c>resourceType</c>, or <see cref="Unknown"/>.</summary>
    public int OfResource(FhirTape tape, int node)
    {
        var type = tape.Nodes[node].Kind == FhirKind.Object ? tape.Find(node, ResourceTypeName, sibling: false) : -1;
        return type >= 0 && tape.Nodes[type].Kind == FhirKind.String ? IdOf(tape.ValueOf(type)) : Unknown;
    }

    /// <summary>
    /// The type of any element, by walking up to its resource and down again. For entry points only:
    /// whoever walks a resource knows the type already.
    /// </summary>
    public int Of(FhirElement element)
    {
        if (element.Tape is not { } tape)
        {
            return Unknown;
        }

        var node = element.Index;
        if (OfResource(tape, node) is var resource and >= 0)
        {
            return resource;
        }

        ref var here = ref tape.Nodes[node];
        if (here.Parent < 0)
        {
            return Unknown;
        }

        var above = Of(new FhirElement(tape, here.Parent));
        return here.Name == FhirNode.None || above == Unknown ? above
            : here.Name < 0 ? Unknown
            : entries[above].TypeOfProperty(here.Name);
    }

    internal static readonly int ResourceTypeName = FhirNames.IdOf("resourceType"u8);

    private static FhirForm FormOf(FhirType type) => !type.IsPrimitive ? FhirForm.None : type.Name switch
    {
        "boolean" => FhirForm.Boolean,
        "integer" or "positiveInt" or "unsignedInt" => FhirForm.Integer,
        "decimal" => FhirForm.Decimal,
        "date" => FhirForm.Date,
        "dateTime" or "instant" => FhirForm.DateTime,
        "time" => FhirForm.Time,
        _ => FhirForm.String,
    };

    private static int[] Slots(FhirTypeEntry[] entries)
    {
        var slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)entries.Length * 4)];
        foreach (var entry in entries)
        {
            var slot = (int)Hash(entry.Text) & (slots.Length - 1);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            slots[slot] = entry.Id + 1;
        }

        return slots;
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var b in name)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }
}
