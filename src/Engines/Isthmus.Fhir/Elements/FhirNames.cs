using System.Text;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Elements;

/// <summary>
/// Every element name of FHIR R4 as a small number, choice types spelled out (<c>valueQuantity</c>).
/// Immutable: a name that is not in R4 never enters, so that hostile input cannot grow it.
/// </summary>
public static class FhirNames
{
    private static readonly Table Names = Build();

    public static int Count => Names.Texts.Length;

    /// <summary>The id of an element name, or -1 where R4 has no element of that name.</summary>
    public static int IdOf(ReadOnlySpan<byte> name)
    {
        var slots = Names.Slots;
        var mask = slots.Length - 1;
        for (var slot = (int)Hash(name) & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var id = slots[slot] - 1;
            if (Names.Texts[id].AsSpan().SequenceEqual(name))
            {
                return id;
            }
        }

        return -1;
    }

    public static int IdOf(string name) => IdOf(Encoding.UTF8.GetBytes(name));

    /// <summary>The name's UTF-8 text.</summary>
    public static ReadOnlySpan<byte> Text(int id) => Names.Texts[id];

    /// <summary>The name as JSON writes it: <c>"name":</c>.</summary>
    internal static ReadOnlySpan<byte> Property(int id) => Names.Properties[id];

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        // FNV-1a; the table is fixed, so nobody can choose colliding names.
        var hash = 2166136261u;
        foreach (var b in name)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }

    private static Table Build()
    {
        var texts = FhirSchema.R4.ElementNames.Select(Encoding.UTF8.GetBytes).ToArray();
        var slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)texts.Length * 4)];
        for (var id = 0; id < texts.Length; id++)
        {
            var slot = (int)Hash(texts[id]) & (slots.Length - 1);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            slots[slot] = id + 1;
        }

        var properties = texts.Select(text => (byte[])[(byte)'"', .. text, (byte)'"', (byte)':']).ToArray();
        return new Table(texts, properties, slots);
    }

    private sealed record Table(byte[][] Texts, byte[][] Properties, int[] Slots);
}
