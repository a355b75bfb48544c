using System.Text;
using Isthmus.Inbound.Listeners;
using Isthmus.Hl7v2;
using Isthmus.Inbound.Listeners.Mllp;

namespace Isthmus.Inbound.Tests.Listeners;

public sealed class FrameReaderTests
{
    private const int Limit = 40_000;
    private const string Start = "\x0B";
    private const string End = "\x1C\r";

    [Fact]
    public async Task Any_chunking_of_frames_gives_the_same_frames()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Content(random)).ToArray();
            var wire = frames.SelectMany(f => (byte[])[.. Noise(random), 0x0B, .. f, 0x1C, 0x0D]).ToArray();

            var read = await ReadAsync(wire, Sizes(random));

            Assert.Equal(frames.Length, read.Count - 1);
            Assert.All(frames.Zip(read), pair =>
            {
                Assert.Equal(FrameKind.Frame, pair.Second.Kind);
                Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second.Content), $"seed {seed}");
            });
            Assert.Equal(FrameKind.End, read[^1].Kind);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task A_missing_carriage_return_is_forgiven_where_the_next_frame_follows(int size)
    {
        var read = await ReadAsync($"{Start}first\x1C{Start}second{End}", size);

        Assert.Equal(["Frame first", "Frame second", "End "], Shown(read));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task An_end_block_that_no_carriage_return_follows_is_content(int size)
    {
        var read = await ReadAsync($"{Start}a\x1C|b\x1C\n\x1C\x1C{End}", size);

        Assert.Equal(["Frame a\x1C|b\x1C\n\x1C\x1C", "End "], Shown(read));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task A_start_block_inside_a_frame_is_content_and_the_next_frame_is_whole(int size)
    {
        // A vertical tab is also what word processors leave in text.
        var read = await ReadAsync($"{Start}a{Start}b{End}{Start}c{End}", size);

        Assert.Equal([$"Frame a{Start}b", "Frame c", "End "], Shown(read));
    }

    [Theory]
    [InlineData("\x0B")]
    [InlineData("\x0BMSH|")]
    [InlineData("\x0BMSH|\x1C")]
    public async Task A_frame_that_the_sender_cut_off_does_not_count(string cut)
    {
        var read = await ReadAsync($"{Start}whole{End}{cut}", 3);

        Assert.Equal(["Frame whole", "Truncated "], Shown(read));
    }

    [Fact]
    public async Task A_frame_cut_at_any_byte_does_not_count_and_leaves_the_one_before_whole()
    {
        var second = $"{Start}MSH|^~\\&|LAB\rPID|1||4711\r{End}";
        for (var length = 1; length < second.Length; length++)
        {
            var read = await ReadAsync($"{Start}first{End}{second[..length]}", 5);

            Assert.Equal(["Frame first", "Truncated "], Shown(read));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task A_message_that_begins_inside_a_frame_that_was_cut_off_is_not_read_into_it(int size)
    {
        var read = await ReadAsync($"{Start}MSH|^~\\&|LAB\rPID|1||4711\rOBX|1|ST|X||cut o{Start}MSH|^~\\&|LAB\rPID|1||4712\rOBX|1|ST|X||whole\r{End}", size);

        Assert.Equal([FrameKind.Frame, FrameKind.End], read.Select(r => r.Kind));
        var result = Hl7Message.Parse(read[0].Content);
        Assert.Equal(Hl7Rules.StartBlockInside, Assert.Single(result.Findings).RuleId);
        Assert.Equal("4711", Assert.Single(result.Message!.All("PID"))[3].GetText());
        Assert.Equal("cut o", Assert.Single(result.Message.All("OBX"))[5].GetText());
    }

    [Fact]
    public async Task An_empty_frame_is_a_frame()
    {
        var read = await ReadAsync($"{Start}{End}{Start}x{End}", 1);

        Assert.Equal(["Frame ", "Frame x", "End "], Shown(read));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task Bytes_without_a_frame_are_noise_once_they_cannot_be_an_accident(int size)
    {
        var read = await ReadAsync(new string('G', 20_000), size);

        Assert.Equal(FrameKind.Noise, read[^1].Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Limit + 1)]
    [InlineData(100_000)]
    public async Task The_limit_holds_to_the_byte_however_the_frame_arrives(int size)
    {
        var full = new string('x', Limit);

        var read = await ReadAsync($"{Start}{full}{End}{Start}{full}y{End}{Start}z{End}", size);

        Assert.Equal([FrameKind.Frame, FrameKind.TooLarge, FrameKind.Frame, FrameKind.End], read.Select(r => r.Kind));
        Assert.Equal(Limit, read[0].Content.Length);
        Assert.Equal("z", Encoding.Latin1.GetString(read[2].Content));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(100_000)]
    public async Task A_frame_over_the_limit_gives_its_beginning_and_the_next_frame_is_whole(int size)
    {
        var large = "MSH|^~\\&|" + new string('x', 3 * Limit) + "\x1C|\x1C\x1C";

        var read = await ReadAsync($"{Start}{large}\x1C{Start}second{End}", size);

        Assert.Equal([FrameKind.TooLarge, FrameKind.Frame, FrameKind.End], read.Select(r => r.Kind));
        Assert.StartsWith("MSH|^~\\&|xxx", Encoding.Latin1.GetString(read[0].Content), StringComparison.Ordinal);
        Assert.InRange(read[0].Content.Length, 1, 4096);
        Assert.Equal("second", Encoding.Latin1.GetString(read[1].Content));
    }

    [Fact]
    public async Task A_frame_over_the_limit_that_never_ends_is_truncated()
    {
        var read = await ReadAsync(Start + new string('x', 3 * Limit), 999);

        Assert.Equal([FrameKind.Truncated], read.Select(r => r.Kind));
    }

    [Fact]
    public async Task A_hundred_megabytes_in_one_frame_take_no_memory()
    {
        const int hundredMegabytes = 100 * 1024 * 1024;
        using var stream = new HugeFrame(hundredMegabytes);
        var reader = new FrameReader(stream, Limit, new FrameMemory(8 * Limit), _ => { });
        var before = GC.GetAllocatedBytesForCurrentThread();

        // Every read completes at once, so all of it happens on this thread.
        var (kind, content) = await reader.NextAsync(CancellationToken.None);

        Assert.Equal(FrameKind.TooLarge, kind);
        Assert.InRange(content.Length, 1, 4096);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 512 * 1024);
    }

    [Fact]
    public async Task Arbitrary_bytes_never_throw_and_always_end()
    {
        byte[] alphabet = [0x0B, 0x1C, 0x0D, (byte)'a', (byte)'\n'];
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var wire = new byte[random.Next(0, 60)];
            random.GetItems(alphabet, wire);

            var whole = Shown(await ReadAsync(wire, [int.MaxValue]));
            var chunked = Shown(await ReadAsync(wire, Sizes(random)));

            Assert.Equal(whole, chunked);
            Assert.True(whole[^1] is "End " or "Truncated ", whole[^1]);
        }
    }

    private static async Task<List<(FrameKind Kind, byte[] Content)>> ReadAsync(byte[] wire, IEnumerable<int> sizes)
    {
        using var stream = new ChunkedStream(wire, sizes);
        var reader = new FrameReader(stream, Limit, new FrameMemory(8 * Limit), _ => { });
        var read = new List<(FrameKind, byte[])>();
        while (true)
        {
            var (kind, content) = await reader.NextAsync(CancellationToken.None);
            read.Add((kind, content.ToArray()));
            if (kind is not (FrameKind.Frame or FrameKind.TooLarge))
            {
                return read;
            }
        }
    }

    private static Task<List<(FrameKind Kind, byte[] Content)>> ReadAsync(string wire, int size) =>
        ReadAsync(Encoding.Latin1.GetBytes(wire), [size]);

    private static string[] Shown(List<(FrameKind Kind, byte[] Content)> read) =>
        [.. read.Select(r => $"{r.Kind} {Encoding.Latin1.GetString(r.Content)}")];

    /// <summary>Anything but what ends a frame: an end block followed by a carriage return or a start block.</summary>
    private static byte[] Content(Random random)
    {
        var content = new byte[random.Next(4) == 0 ? random.Next(Limit) : random.Next(80)];
        random.NextBytes(content);
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == 0x1C && (i + 1 == content.Length || content[i + 1] is 0x0B or 0x0D or 0x1C))
            {
                content[i] = (byte)'|';
            }
        }

        return content;
    }

    private static byte[] Noise(Random random) =>
        random.Next(3) == 0 ? Encoding.Latin1.GetBytes(new string('\n', random.Next(1, 50))) : [];

    private static IEnumerable<int> Sizes(Random random)
    {
        var largest = random.Next(4) switch { 0 => 2, 1 => 50, 2 => 5000, _ => 40_000 };
        while (true)
        {
            yield return random.Next(1, largest);
        }
    }
}
