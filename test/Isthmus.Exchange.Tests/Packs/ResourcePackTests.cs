using System.Buffers;
using System.Text;
using Isthmus.Exchange.Packs;

namespace Isthmus.Exchange.Tests.Packs;

public sealed class ResourcePackTests
{
    [Fact]
    public void What_is_packed_comes_out_again_and_begins_where_it_was_said()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var resources = Some(new Random(seed));
            var output = new ArrayBufferWriter<byte>();

            var begins = ResourcePack.Write(resources, output);
            var read = ResourcePack.Read(output.WrittenMemory);

            Assert.Equal(resources.Length, read.Count);
            for (var i = 0; i < resources.Length; i++)
            {
                Assert.Equal((resources[i].Type, resources[i].Id), (read[i].Type, read[i].Id));
                Assert.True(resources[i].Json.Span.SequenceEqual(read[i].Json.Span));
                Assert.True(resources[i].Json.Span.SequenceEqual(output.WrittenSpan.Slice(begins[i], resources[i].Json.Length)));
            }
        }
    }

    [Fact]
    public void Nothing_is_a_pack_too()
    {
        var output = new ArrayBufferWriter<byte>();
        ResourcePack.Write([], output);

        Assert.Empty(ResourcePack.Read(output.WrittenMemory));
    }

    [Fact]
    public void A_pack_that_is_cut_anywhere_is_refused()
    {
        var whole = Packed(new Random(7));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ResourcePack.Read(whole.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Something_behind_the_end_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ResourcePack.Read((byte[])[.. Packed(new Random(7)), 0]));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(255)]
    public void A_version_that_nobody_knows_is_refused(byte version)
    {
        var pack = Packed(new Random(7));
        pack[0] = version;

        Assert.Throws<InvalidDataException>(() => ResourcePack.Read(pack));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(100_001)]
    public void An_unlikely_count_is_refused_before_anything_is_allocated(int count)
    {
        var pack = Packed(new Random(7));
        BitConverter.TryWriteBytes(pack.AsSpan(1), count);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<InvalidDataException>(() => ResourcePack.Read(pack));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Damage_is_either_refused_or_harmless_and_never_anything_else()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var pack = Packed(random);
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                pack[random.Next(pack.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.All(ResourcePack.Read(pack), resource => Assert.InRange(resource.Json.Length, 0, pack.Length));
            }
            catch (InvalidDataException)
            {
                // Seen and refused.
            }
        }
    }

    [Fact]
    public void A_type_or_id_that_does_not_fit_is_not_written_wrongly() =>
        Assert.Throws<OverflowException>(() =>
            ResourcePack.Write([new PackedResource("Patient", new string('x', 256), "{}"u8.ToArray())], new ArrayBufferWriter<byte>()));

    private static byte[] Packed(Random random)
    {
        var output = new ArrayBufferWriter<byte>();
        ResourcePack.Write(Some(random), output);
        return output.WrittenSpan.ToArray();
    }

    private static PackedResource[] Some(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => new PackedResource(
            random.Next(2) == 0 ? "Patient" : "DiagnosticReport", $"id-{i}", Encoding.UTF8.GetBytes(new string('é', random.Next(40)))))];
}
