using Isthmus.Inbound.Listeners;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Listeners;

public sealed class ClosureLogTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTime time = new();
    private readonly LogLines lines = new();
    private readonly InboundMeter meter = new();
    private readonly ClosureLog log;

    public ClosureLogTests() => log = new ClosureLog("door", meter, time, lines);

    [Fact]
    public void A_flood_is_told_at_once_and_then_in_one_line_a_second_with_its_number()
    {
        for (var second = 0; second < 3; second++)
        {
            for (var i = 0; i < 1000; i++)
            {
                log.Closed("http.too-many-connections");
            }

            time.Advance(Second);
        }

        Assert.Equal(
            [
                "Listener door closed a connection: http.too-many-connections",
                "Listener door closed 999 more connections within a second: http.too-many-connections",
                "Listener door closed 1000 more connections within a second: http.too-many-connections",
                "Listener door closed 1000 more connections within a second: http.too-many-connections",
            ],
            lines.Written);
    }

    [Fact]
    public void Single_closures_and_other_rules_are_told_at_once()
    {
        log.Closed("mllp.drained");
        log.Closed("tls.failed");
        time.Advance(Second);
        log.Closed("mllp.drained");

        Assert.Equal(["mllp.drained", "tls.failed", "mllp.drained"], lines.Written.Select(line => line.Split(' ')[^1]));
        Assert.DoesNotContain(lines.Written, line => line.Contains("more", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_counted_is_told_before_the_end()
    {
        log.Closed("tls.failed");
        log.Closed("tls.failed");
        log.Dispose();

        Assert.EndsWith("closed 1 more connections within a second: tls.failed", lines.Written[^1], StringComparison.Ordinal);
    }

    public void Dispose()
    {
        log.Dispose();
        meter.Dispose();
    }
}
