using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Serialization;
using Isthmus.Exchange.Phi;

namespace Isthmus.Exchange.Packs;

/// <summary>One resource as JSON inside a pack.</summary>
[Phi]
public readonly record struct PackedResource(string Type, string Id, [property: JsonIgnore] ReadOnlyMemory<byte> Json)
{
    public override string ToString() => $"[phi, {Type}, {Json.Length} bytes]";
}

/// <summary>
/// The form in which the resources of one message are stored together and handed over: a version byte, a count, then
/// per resource its type and id (each a length byte and ASCII), the JSON's length (32 bit, little endian) and the JSON.
/// </summary>
public static class ResourcePack
{
    private const byte FormatVersion = 1;

    /// <summary>Far above any message; a larger count is damage.</summary>
    private const int MostResources = 100_000;

    /// <summary>Writes a pack and notes where each resource's JSON begins in it.</summary>
    public static int[] Write(IReadOnlyList<PackedResource> resources, ArrayBufferWriter<byte> output)
    {
        var begins = new int[resources.Count];
        var header = output.GetSpan(5);
        header[0] = FormatVersion;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], resources.Count);
        output.Advance(5);
        for (var i = 0; i < resources.Count; i++)
        {
            var resource = resources[i];
            WriteAscii(resource.Type, output);
            WriteAscii(resource.Id, output);
            BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), resource.Json.Length);
            output.Advance(4);
            begins[i] = output.WrittenCount;
            output.Write(resource.Json.Span);
        }

        return begins;
    }

    /// <summary>Reads a pack without copying its JSON.</summary>
    /// <exception cref="InvalidDataException">Not a pack, or damaged.</exception>
    public static IReadOnlyList<PackedResource> Read(ReadOnlyMemory<byte> pack)
    {
        var span = pack.Span;
        if (span.Length < 5 || span[0] != FormatVersion)
        {
            throw new InvalidDataException("Not a resource pack of a known version.");
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(span[1..]);
        if (count is < 0 or > MostResources)
        {
            throw new InvalidDataException("A resource pack with an unlikely count.");
        }

        var at = 5;
        var resources = new PackedResource[count];
        for (var i = 0; i < count; i++)
        {
            var type = ReadAscii(span, ref at);
            var id = ReadAscii(span, ref at);
            var length = at + 4 <= span.Length ? BinaryPrimitives.ReadInt32LittleEndian(span[at..]) : -1;
            at += 4;
            if (length < 0 || length > span.Length - at)
            {
                throw new InvalidDataException("A resource pack that ends too early.");
            }

            resources[i] = new PackedResource(type, id, pack.Slice(at, length));
            at += length;
        }

        return at == span.Length ? resources : throw new InvalidDataException("A resource pack with something behind its end.");
    }

    private static void WriteAscii(string text, ArrayBufferWriter<byte> output)
    {
        var span = output.GetSpan(text.Length + 1);
        span[0] = checked((byte)text.Length);
        Encoding.ASCII.GetBytes(text, span[1..]);
        output.Advance(text.Length + 1);
    }

    private static string ReadAscii(ReadOnlySpan<byte> pack, ref int at)
    {
        if (at >= pack.Length || pack[at] > pack.Length - at - 1)
        {
            throw new InvalidDataException("A resource pack that ends too early.");
        }

        var text = Encoding.ASCII.GetString(pack.Slice(at + 1, pack[at]));
        at += text.Length + 1;
        return text;
    }
}
