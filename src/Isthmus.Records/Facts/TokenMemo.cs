namespace Isthmus.Records.Facts;

/// <summary>
/// Tokens by the text they were made of, for texts that come again and again: a keyed hash costs thirty times as much as
/// finding it here. Bounded, and emptied when full, so that odd traffic costs time and never memory.
/// </summary>
internal sealed class TokenMemo
{
    private const int Most = 8192;

    private readonly Lock gate = new();
    private readonly Dictionary<byte[], long> tokens = new(Bytes.Instance);

    public bool TryGet(ReadOnlySpan<byte> text, out long token)
    {
        lock (gate)
        {
            return tokens.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(text, out token);
        }
    }

    public void Add(ReadOnlySpan<byte> text, long token)
    {
        lock (gate)
        {
            if (tokens.Count >= Most)
            {
                tokens.Clear();
            }

            tokens.GetAlternateLookup<ReadOnlySpan<byte>>()[text] = token;
        }
    }

    private sealed class Bytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Bytes Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
