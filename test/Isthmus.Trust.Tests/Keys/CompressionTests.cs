using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Trust.Keys;

namespace Isthmus.Trust.Tests.Keys;

/// <summary>What is packed before encryption comes back as it was, or not at all.</summary>
public sealed class CompressionTests
{
    /// <summary>Zlib's last bytes are the end of the last block and a checksum (RFC 1950); before them the content is whole.</summary>
    private const int Trailer = 4 + 2;

    [Fact]
    public void Clinical_text_shrinks_and_comes_back()
    {
        var text = Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Repeat("""{"resourceType":"Observation","status":"final"}""", 200)));

        var packed = Compression.Pack(text);

        Assert.InRange(packed.Length, 1, text.Length / 4);
        Assert.Equal(text, Compression.Unpack(packed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1024)]
    [InlineData(100_000)]
    public void What_does_not_shrink_is_kept_as_it_is(int length)
    {
        var noise = RandomNumberGenerator.GetBytes(length);

        var packed = Compression.Pack(noise);

        Assert.Equal(length + 1, packed.Length);
        Assert.Equal(noise, Compression.Unpack(packed));
    }

    [Fact]
    public void What_is_unpacked_into_a_buffer_stands_behind_what_was_there_and_damage_leaves_nothing()
    {
        var text = Encoding.UTF8.GetBytes(new string('x', 5000));
        var packed = Compression.Pack(text);
        var output = new ArrayBufferWriter<byte>();
        output.Write("before"u8);

        Compression.Unpack(packed, output);
        Compression.Unpack(Compression.Pack([]), output);
        Assert.ThrowsAny<InvalidDataException>(() => Compression.Unpack(packed.AsSpan(0, packed.Length / 2), output));

        Assert.Equal([.. "before"u8, .. text], output.WrittenSpan);
    }

    [Fact]
    public void What_was_cut_or_lies_about_its_length_is_refused()
    {
        var text = Encoding.UTF8.GetBytes(new string('x', 500) + Convert.ToHexString(RandomNumberGenerator.GetBytes(200)));
        var packed = Compression.Pack(text);
        for (var length = 0; length < packed.Length - Trailer; length++)
        {
            Assert.ThrowsAny<InvalidDataException>(() => Compression.Unpack(packed.AsSpan(0, length)));
        }

        for (var length = packed.Length - Trailer; length < packed.Length; length++)
        {
            Assert.True(IsRefused(packed.AsSpan(0, length)) || Compression.Unpack(packed.AsSpan(0, length)).AsSpan().SequenceEqual(text));
        }

        foreach (var claim in (int[])[-1, 1, int.MaxValue])
        {
            var lying = packed.ToArray();
            BitConverter.TryWriteBytes(lying.AsSpan(1), claim);
            Assert.ThrowsAny<InvalidDataException>(() => Compression.Unpack(lying));
        }

        Assert.ThrowsAny<InvalidDataException>(() => Compression.Unpack([7, 1, 2, 3, 4, 5, 6]));
    }

    private static bool IsRefused(ReadOnlySpan<byte> packed)
    {
        try
        {
            Compression.Unpack(packed);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
