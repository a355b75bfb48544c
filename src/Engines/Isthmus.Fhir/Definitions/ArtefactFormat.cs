using System.Buffers.Binary;

namespace Isthmus.Fhir.Definitions;

/// <summary>
/// How the compiled definitions lie in their artefact. All numbers are little-endian 32-bit.
/// <code>
/// header   magic (8 bytes), format, length of the index, types, entries, slots
/// types    name at, name length, first entry, entries     sorted by name
/// entries  url at, url length, version at, version length, resource at, resource length     sorted by type, then url
/// slots    entry + 1, or 0; open addressing by the hash of the url
/// text     UTF-8, what "at" points to
/// ------   end of the index; then the resources, compact JSON, one after the other
/// </code>
/// The compiler of the build and the engine share this file.
/// </summary>
internal static class ArtefactFormat
{
    public const int Version = 1;
    public const int HeaderBytes = 28;
    public const int TypeBytes = 16;
    public const int EntryBytes = 24;
    public const int SlotBytes = 4;

    public static ReadOnlySpan<byte> Magic => "isthmusF"u8;

    public static int ReadNumber(ReadOnlySpan<byte> index, int at) => BinaryPrimitives.ReadInt32LittleEndian(index[at..]);

    public static void WriteNumber(Span<byte> index, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(index[at..], value);

    /// <summary>The first slot to look at for a url. FNV-1a; the table is fixed at build time, so nobody can choose colliding urls.</summary>
    public static int SlotOf(ReadOnlySpan<byte> url, int slots)
    {
        var hash = 2166136261u;
        foreach (var b in url)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return (int)(hash ^ (hash >> 15)) & (slots - 1);
    }
}
