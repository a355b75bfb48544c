namespace Isthmus.Mapping.Terminology;

/// <summary>Compares UTF-8 keys, so that a table is asked with the message's own bytes and no string is made.</summary>
internal sealed class Utf8Keys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static Utf8Keys Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // FNV-1a: keys come from the site's own tables, so nobody can choose colliding ones.
        var hash = 2166136261u;
        foreach (var b in alternate)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return (int)hash;
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
