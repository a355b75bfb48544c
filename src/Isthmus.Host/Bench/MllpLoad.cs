using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Isthmus.Host.Bench;

/// <summary>Latencies of acknowledged messages, and how long the whole took.</summary>
internal sealed record LoadOutcome(long Acknowledged, TimeSpan Took, double[] Milliseconds)
{
    public double PerSecond => Acknowledged / Took.TotalSeconds;

    public double Percentile(double share)
    {
        Array.Sort(Milliseconds);
        return Milliseconds.Length == 0 ? 0 : Milliseconds[(int)Math.Min(Milliseconds.Length - 1, share * Milliseconds.Length)];
    }
}

/// <summary>
/// Sends frames over several unpipelined connections: one message, its acknowledgement checked for AA or CA and for the
/// control id sent, then the next.
/// </summary>
internal sealed class MllpLoad(IPEndPoint target, SampleTraffic traffic, int patients)
{
    private const int AckBuffer = 4096;
    private static readonly byte[] Accepted = "MSA|AA|"u8.ToArray();
    private static readonly byte[] Committed = "MSA|CA|"u8.ToArray();

    private long next;

    /// <param name="connections">Senders at once.</param>
    /// <param name="perSecond">Upper bound over all connections; null sends as fast as answers come.</param>
    public async Task<LoadOutcome> RunAsync(int connections, TimeSpan lasting, long firstControlId, double? perSecond, CancellationToken cancellation)
    {
        next = firstControlId;
        var latencies = new ConcurrentBag<List<double>>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            async () => latencies.Add(await SendAsync(lasting, clock, firstControlId, perSecond, cancellation)), cancellation)));
        var took = clock.Elapsed;
        var all = latencies.SelectMany(l => l).ToArray();
        return new LoadOutcome(all.Length, took, all);
    }

    private async Task<List<double>> SendAsync(TimeSpan lasting, Stopwatch clock, long first, double? perSecond, CancellationToken cancellation)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target, cancellation);
        var buffer = new byte[AckBuffer];
        var latencies = new List<double>(100_000);
        while (clock.Elapsed < lasting)
        {
            var id = Interlocked.Increment(ref next);
            if (perSecond is { } rate)
            {
                var due = TimeSpan.FromSeconds((id - first) / rate);
                if (due > clock.Elapsed)
                {
                    await Task.Delay(due - clock.Elapsed, cancellation);
                }
            }

            var frame = traffic.Frame(id, (id * 7919) % patients);
            var begun = Stopwatch.GetTimestamp();
            await socket.SendAsync(frame, cancellation);
            await ReceiveAckAsync(socket, buffer, id, cancellation);
            latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return latencies;
    }

    private static async Task ReceiveAckAsync(Socket socket, byte[] buffer, long id, CancellationToken cancellation)
    {
        var length = 0;
        do
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            length += read > 0 ? read : throw new IOException("The listener closed the connection.");
        }
        while (buffer[length - 1] != 0x0D || length < 2 || buffer[length - 2] != 0x1C);

        Check(buffer.AsSpan(0, length), id);
    }

    private static void Check(ReadOnlySpan<byte> ack, long id)
    {
        var at = ack.IndexOf(Accepted);
        at = at < 0 ? ack.IndexOf(Committed) : at;
        if (at < 0 || !System.Buffers.Text.Utf8Parser.TryParse(ack[(at + Accepted.Length)..], out long echoed, out _) || echoed != id)
        {
            throw new InvalidOperationException("An acknowledgement was not AA or CA for the message sent.");
        }
    }
}
