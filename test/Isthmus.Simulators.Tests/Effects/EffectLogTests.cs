using System.Buffers;
using System.Text;
using Isthmus.Simulators.Effects;

namespace Isthmus.Simulators.Tests.Effects;

public sealed class EffectLogTests
{
    [Fact]
    public async Task Counts_contents_and_order_survive_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (var log = EffectLog.Open(folder.File("effects.log"), TimeProvider.System))
        {
            await AppendAsync(log, "d1", "Patient/p", "one");
            await AppendAsync(log, "d2", "Patient/p", "two");
            await AppendAsync(log, "d2", "Patient/p", "two");
        }

        await using var reopened = EffectLog.Open(folder.File("effects.log"), TimeProvider.System);

        Assert.Equal(new EffectTotals(3, 1, 2, 1, 2, 1), reopened.Totals());
        Assert.True(reopened.TryGet("Patient/p"u8, out var state));
        Assert.Equal("two", Encoding.UTF8.GetString((await reopened.ReadAsync(state.Place)).Span));
        Assert.Equal(["d1", "d2", "d2"], reopened.Records().Select(record => record.Delivery));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(60)]
    public async Task A_torn_tail_is_cut_off_and_writing_goes_on(int missing)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("effects.log");
        await using (var log = EffectLog.Open(path, TimeProvider.System))
        {
            await AppendAsync(log, "d1", "Patient/p", "one");
            await AppendAsync(log, "d2", "Patient/p", "two");
        }

        await using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - missing);
        }

        await using var reopened = EffectLog.Open(path, TimeProvider.System);
        await AppendAsync(reopened, "d3", "Patient/p", "three");

        Assert.Equal(["d1", "d3"], reopened.Records().Select(record => record.Delivery));
        Assert.True(reopened.TryGet("Patient/p"u8, out var state));
        Assert.Equal("three", Encoding.UTF8.GetString((await reopened.ReadAsync(state.Place)).Span));
    }

    [Fact]
    public async Task A_flipped_byte_is_not_taken_for_an_effect()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("effects.log");
        await using (var log = EffectLog.Open(path, TimeProvider.System))
        {
            await AppendAsync(log, "d1", "Patient/p", "one");
        }

        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        await using var reopened = EffectLog.Open(path, TimeProvider.System);

        Assert.Equal(0, reopened.Totals().Transactions);
    }

    [Fact]
    public async Task Many_writers_share_flushes_and_none_is_lost()
    {
        using var folder = new TemporaryFolder();
        await using var log = EffectLog.Open(folder.File("effects.log"), TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => AppendAsync(log, $"d{i}", $"Patient/{i % 50}", $"content {i}")));

        Assert.Equal(500, log.Totals().Transactions);
        Assert.Equal(50, log.Totals().Names);
        Assert.Equal(500, log.Records().Select(record => record.Delivery).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), log.Records().Select(record => record.Sequence));
    }

    [Fact]
    public async Task What_is_under_way_when_it_closes_is_still_written()
    {
        using var folder = new TemporaryFolder();
        var log = EffectLog.Open(folder.File("effects.log"), TimeProvider.System);
        var appending = AppendAsync(log, "d1", "Patient/p", "one");

        await log.DisposeAsync();
        await appending;

        await using var reopened = EffectLog.Open(folder.File("effects.log"), TimeProvider.System);
        Assert.Equal(1, reopened.Totals().Transactions);
    }

    [Fact]
    public async Task A_second_simulator_on_the_same_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var first = EffectLog.Open(folder.File("effects.log"), TimeProvider.System);

        Assert.ThrowsAny<IOException>(() => EffectLog.Open(folder.File("effects.log"), TimeProvider.System));
    }

    private static async Task<Effect[]> AppendAsync(EffectLog log, string delivery, string name, string content)
    {
        var body = Encoding.UTF8.GetBytes(content);
        var rented = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(rented, 0);
        using var draft = new Draft(rented, body.Length)
        {
            Delivery = Encoding.UTF8.GetBytes(delivery),
            Subject = Encoding.UTF8.GetBytes(name),
        };
        draft.Add(Encoding.UTF8.GetBytes(name), 0, body.Length);
        return await log.AppendAsync(draft);
    }
}
