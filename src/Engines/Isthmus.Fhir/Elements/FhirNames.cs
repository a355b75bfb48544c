using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Elements;

/// <summary>
/// Every element name of FHIR R4 as a small number, choice types spelled out (<c>valueQuantity</c>).
/// Immutable: a name that is not in R4 never enters, so that hostile input cannot grow it.
/// </summary>
public static class FhirNames
{
    private static readonly Table Names = Table.Of(FhirSchema.R4.ElementNames.Select(Encoding.UTF8.GetBytes).ToArray());

    public static int Count => Names.Texts.Length;

    /// <summary>The id of an element name, or -1 where R4 has no element of that name.</summary>
    public static int IdOf(ReadOnlySpan<byte> name) => Names.IdOf(name);

    /// <summary>The same for a part of a text, of which the bytes behind the name may be loaded along with it.</summary>
    internal static int IdOf(ReadOnlySpan<byte> text, int start, int length) =>
        Vector128.IsHardwareAccelerated && text.Length - start >= Vector128<byte>.Count
            ? Names.IdOf(Words.Of(Vector128.Create(text.Slice(start, Vector128<byte>.Count)), length), text.Slice(start, length))
            : Names.IdOf(text.Slice(start, length));

    public static int IdOf(string name) => IdOf(Encoding.UTF8.GetBytes(name));

    /// <summary>The name's UTF-8 text.</summary>
    public static ReadOnlySpan<byte> Text(int id) => Names.Texts[id];

    /// <summary>The name as JSON writes it: <c>"name":</c>.</summary>
    internal static ReadOnlySpan<byte> Property(int id) => Names.Properties[id];

    /// <summary>The most bytes of a property that <see cref="ShortProperty"/> holds.</summary>
    internal const int Short = 32;

    /// <summary>The first bytes of the same, with zeros behind a shorter one.</summary>
    internal static Vector256<byte> ShortProperty(int id) => Names.ShortProperties[id];

    /// <summary>Open addressing over the first sixteen bytes of a name, which tell all but a few apart by themselves.</summary>
    private sealed class Table
    {
        private readonly short[] slots;
        private readonly int shift;
        private readonly Words[] words;

        private Table(byte[][] texts)
        {
            Texts = texts;
            Properties = texts.Select(text => (byte[])[(byte)'"', .. text, (byte)'"', (byte)':']).ToArray();
            ShortProperties = Array.ConvertAll(Properties, static property =>
            {
                var first = new byte[Short];
                property.AsSpan(0, Math.Min(property.Length, Short)).CopyTo(first);
                return Vector256.Create(first);
            });
            words = Array.ConvertAll(texts, text => Words.Of(text));
            slots = new short[(int)BitOperations.RoundUpToPowerOf2((uint)texts.Length * 4)];
            shift = 64 - BitOperations.Log2((uint)slots.Length);
        }

        public byte[][] Texts { get; }

        public byte[][] Properties { get; }

        public Vector256<byte>[] ShortProperties { get; }

        public static Table Of(byte[][] texts)
        {
            var table = new Table(texts);
            for (var id = 0; id < texts.Length; id++)
            {
                var slot = table.words[id].Slot(table.shift);
                while (table.slots[slot] != 0)
                {
                    slot = (slot + 1) & (table.slots.Length - 1);
                }

                table.slots[slot] = (short)(id + 1);
            }

            return table;
        }

        public int IdOf(ReadOnlySpan<byte> name) => IdOf(Words.Of(name), name);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int IdOf(Words sought, ReadOnlySpan<byte> name)
        {
            var slots = this.slots;
            for (var slot = sought.Slot(shift); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
            {
                var id = slots[slot] - 1;
                if (words[id] == sought && (name.Length <= 2 * sizeof(ulong) || Texts[id].AsSpan().SequenceEqual(name)))
                {
                    return id;
                }
            }

            return -1;
        }
    }

    /// <summary>The first sixteen bytes of a name and its length.</summary>
    private readonly record struct Words(ulong First, ulong Second, int Length)
    {
        /// <summary>From sixteen bytes that begin with the name: what lies behind it is masked out, without a branch on its length.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Words Of(Vector128<byte> bytes, int length)
        {
            var its = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)Math.Min(length, Vector128<byte>.Count)));
            var words = (bytes & its).AsUInt64();
            return new(words[0], words[1], length);
        }

        public static Words Of(ReadOnlySpan<byte> name)
        {
            if (name.Length >= 16)
            {
                return new(BinaryPrimitives.ReadUInt64LittleEndian(name), BinaryPrimitives.ReadUInt64LittleEndian(name[8..]), name.Length);
            }

            if (name.Length >= 8)
            {
                // The last eight bytes overlap the first: what they share is shifted out.
                var last = BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]);
                return new(BinaryPrimitives.ReadUInt64LittleEndian(name), name.Length == 8 ? 0 : last >> (8 * (16 - name.Length)), name.Length);
            }

            if (name.Length >= 4)
            {
                var last = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]);
                return new(BinaryPrimitives.ReadUInt32LittleEndian(name) | (last << (8 * (name.Length - 4))), 0, name.Length);
            }

            var few = 0ul;
            for (var i = 0; i < name.Length; i++)
            {
                few |= (ulong)name[i] << (8 * i);
            }

            return new(few, 0, name.Length);
        }

        /// <summary>Multiplicative hashing; the table is fixed, so nobody can choose colliding names.</summary>
        public int Slot(int shift) => (int)(((First * 0x9E3779B97F4A7C15) ^ (Second * 0xC2B2AE3D27D4EB4F) ^ (uint)Length) * 0x9E3779B97F4A7C15 >> shift);
    }
}
