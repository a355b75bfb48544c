using System.Buffers;
using System.Buffers.Binary;

namespace Isthmus.Records.Facts;

/// <summary>
/// The form in which facts are kept: a version byte; the tokens that only this block has (a count, six bytes each); the resources (a count,
/// and of each its type, id, version, place, tokens as numbers into the row's tokens and then the block's own, and dates).
/// Numbers are of seven bits a byte, the least first. Of a token six bytes are compared: among the tokens of one row that is enough.
/// </summary>
internal static class FactsBlock
{
    private const byte FormatVersion = 1;
    private const int TokenBytes = 6;
    private const long TokenMask = (1L << (TokenBytes * 8)) - 1;

    /// <summary>Far above any message; a larger count is damage.</summary>
    private const int Most = 1_000_000;

    /// <summary>What a thread writes with, empty between two blocks.</summary>
    [ThreadStatic]
    private static Dictionary<long, int>? numbersOfThread;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? room;

    public static byte[] Write(long[] indexed, IReadOnlyList<FactsOfResource> resources)
    {
        var numbers = numbersOfThread ??= [];
        numbers.Clear();
        for (var i = 0; i < indexed.Length; i++)
        {
            numbers.TryAdd(indexed[i] & TokenMask, i);
        }

        var own = new List<long>();
        foreach (var resource in resources)
        {
            foreach (var token in resource.Tokens)
            {
                if (numbers.TryAdd(token & TokenMask, indexed.Length + own.Count))
                {
                    own.Add(token & TokenMask);
                }
            }
        }

        var output = room ??= new ArrayBufferWriter<byte>(4096);
        output.Clear();
        output.GetSpan(1)[0] = FormatVersion;
        output.Advance(1);
        WriteNumber(output, (ulong)own.Count);
        foreach (var token in own)
        {
            var span = output.GetSpan(sizeof(long));
            BinaryPrimitives.WriteInt64LittleEndian(span, token);
            output.Advance(TokenBytes);
        }

        WriteNumber(output, (ulong)resources.Count);
        foreach (var resource in resources)
        {
            Write(output, resource, numbers);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">Not a block of a known version, or damaged.</exception>
    public static List<FactsOfResource> Read(long[] indexed, ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty || block[0] != FormatVersion)
        {
            throw new InvalidDataException("Not a block of search facts of a known version.");
        }

        var reader = new Cursor(block[1..]);
        var tokens = new long[indexed.Length + reader.Count()];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = i < indexed.Length ? indexed[i] & TokenMask : reader.Token();
        }

        var resources = new List<FactsOfResource>(Math.Min(reader.Peek(), 1024));
        for (var left = reader.Count(); left > 0; left--)
        {
            resources.Add(Read(ref reader, tokens));
        }

        return resources;
    }

    /// <summary>Of a token what is compared.</summary>
    public static long Compared(long token) => token & TokenMask;

    private static void Write(ArrayBufferWriter<byte> output, FactsOfResource resource, Dictionary<long, int> numbers)
    {
        WriteNumber(output, (ulong)resource.Type);
        resource.Id.TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
        WriteNumber(output, (ulong)resource.Version);
        WriteNumber(output, (ulong)resource.Place);
        WriteNumber(output, (ulong)resource.Tokens.Count);
        foreach (var token in resource.Tokens)
        {
            WriteNumber(output, (ulong)numbers[token & TokenMask]);
        }

        WriteNumber(output, (ulong)resource.Dates.Count);
        foreach (var date in resource.Dates)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(2), date.Parameter);
            output.Advance(2);
            Write(output, date);
        }
    }

    /// <summary>Whole seconds are kept as such, marked by an even number: a clinical date is one, mostly.</summary>
    private static void Write(ArrayBufferWriter<byte> output, FactDate date)
    {
        var length = date.Until - date.From;
        var isWhole = date.From % TimeSpan.TicksPerSecond == 0 && length % TimeSpan.TicksPerSecond == 0;
        var unit = isWhole ? TimeSpan.TicksPerSecond : 1;
        WriteNumber(output, ((ulong)(date.From / unit) << 1) | (isWhole ? 0u : 1u));
        WriteNumber(output, (ulong)(length / unit));
    }

    private static FactsOfResource Read(ref Cursor reader, long[] tokens)
    {
        var type = (short)reader.Count();
        var id = reader.Id();
        var version = reader.Count();
        var place = reader.Count();
        var own = new List<long>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var number = reader.Count();
            own.Add(number < tokens.Length ? tokens[number] : throw Damaged());
        }

        var dates = new List<FactDate>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var parameter = reader.Parameter();
            var from = reader.Number();
            var unit = (from & 1) == 0 ? TimeSpan.TicksPerSecond : 1;
            var start = (long)(from >> 1) * unit;
            dates.Add(new FactDate(parameter, start, start + ((long)reader.Number() * unit)));
        }

        return new FactsOfResource(type, id, version, place, own, dates);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, ulong number)
    {
        var span = output.GetSpan(10);
        var length = 0;
        for (; number >= 0x80; number >>= 7)
        {
            span[length++] = (byte)(number | 0x80);
        }

        span[length++] = (byte)number;
        output.Advance(length);
    }

    private static InvalidDataException Damaged() => new("A block of search facts that is damaged.");

    private ref struct Cursor(ReadOnlySpan<byte> left)
    {
        private ReadOnlySpan<byte> left = left;

        public ulong Number()
        {
            var number = 0ul;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var part = Take(1)[0];
                number |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return number;
                }
            }

            throw Damaged();
        }

        public int Count() => Number() is <= Most and var count ? (int)count : throw Damaged();

        /// <summary>The count that is next, without taking it.</summary>
        public readonly int Peek()
        {
            var copy = this;
            return copy.Count();
        }

        public long Token()
        {
            Span<byte> eight = stackalloc byte[sizeof(long)];
            eight.Clear();
            Take(TokenBytes).CopyTo(eight);
            return BinaryPrimitives.ReadInt64LittleEndian(eight);
        }

        public Guid Id() => new(Take(16));

        public ushort Parameter() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

        private ReadOnlySpan<byte> Take(int length)
        {
            if (left.Length < length)
            {
                throw Damaged();
            }

            var taken = left[..length];
            left = left[length..];
            return taken;
        }
    }
}
