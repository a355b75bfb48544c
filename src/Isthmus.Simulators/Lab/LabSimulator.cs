using System.Threading.Channels;

namespace Isthmus.Simulators.Lab;

/// <summary>
/// A laboratory that sends its traffic and takes "acknowledged" seriously: a message counts as done only when its own
/// acknowledgement came, and is otherwise sent again, byte for byte, over a new connection and after a restart.
/// </summary>
public sealed class LabSimulator
{
    /// <summary>Messages made ahead per connection: enough to keep it busy, few enough to start at once.</summary>
    private const int MadeAhead = 64;

    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(5);

    private readonly LabOptions options;
    private readonly TimeProvider time;
    private readonly RoundTrips roundTrips = new();
    private long accepted;
    private long refused;
    private long resent;
    private long reconnects;

    public LabSimulator(LabOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Connections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Window, 1);
        this.options = options;
        this.time = time;
    }

    /// <summary>Called for every acknowledgement that settles a message, from the connection that got it.</summary>
    public Action<OruMessage, MllpAnswer>? Answered { get; init; }

    public long Accepted => Interlocked.Read(ref accepted);

    /// <summary>Sends until all are acknowledged or the run is cancelled; both end in a report.</summary>
    public async Task<LabReport> RunAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        using var journal = options.JournalFile is { } path ? LabJournal.Open(path, options.Traffic) : LabJournal.InMemory();
        var lines = new Line[options.Connections];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = new Line(this, journal);
        }

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sending = lines.Select(line => SendAllAsync(line, failed)).ToArray();
        try
        {
            await DispatchAsync(journal, lines, failed.Token);
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
            // Cancelled, or a line failed and tells below.
        }

        foreach (var line in lines)
        {
            line.Messages.Writer.Complete();
        }

        await Task.WhenAll(sending);
        return new()
        {
            Accepted = accepted,
            Refused = refused,
            Resent = resent,
            Reconnects = reconnects,
            Elapsed = time.GetElapsedTime(started),
            Median = roundTrips.Percentile(0.5),
            P99 = roundTrips.Percentile(0.99),
            Slowest = roundTrips.Slowest,
        };
    }

    private static async Task SendAllAsync(Line line, CancellationTokenSource failed)
    {
        try
        {
            await line.RunAsync(failed.Token);
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
            // What is unanswered stays unacknowledged, and is sent by the next run.
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    private async Task DispatchAsync(LabJournal journal, Line[] lines, CancellationToken cancel)
    {
        var traffic = new LabTraffic(
            options.Seed, SyntheticPopulation.Create(options.Seed, options.Patients), options.Messages, options.CorrectionRate);
        var started = time.GetTimestamp();
        long dispatched = 0;
        for (long ordinal = 0; ordinal < options.Count; ordinal++)
        {
            if (journal.Contains(ordinal))
            {
                continue;
            }

            if (options.Rate is { } rate)
            {
                var early = TimeSpan.FromSeconds(dispatched / rate) - time.GetElapsedTime(started);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, time, cancel);
                }
            }

            var message = traffic.At(ordinal);
            await lines[message.Facts.PatientNumber % lines.Length].Messages.Writer.WriteAsync(message, cancel);
            dispatched++;
        }
    }

    /// <summary>One connection and the messages that go over it, in order.</summary>
    private sealed class Line(LabSimulator lab, LabJournal journal)
    {
        private readonly Queue<(OruMessage Message, Task<MllpAnswer> Answer)> outstanding = new();
        private MllpClient? client;
        private int attempts;

        public Channel<OruMessage> Messages { get; } =
            Channel.CreateBounded<OruMessage>(new BoundedChannelOptions(MadeAhead) { SingleReader = true, SingleWriter = true });

        public async Task RunAsync(CancellationToken cancel)
        {
            try
            {
                await ConnectAsync(cancel);
                while (await FillWindowAsync(cancel))
                {
                    var (message, waiting) = outstanding.Peek();
                    MllpAnswer answer;
                    try
                    {
                        answer = await waiting.WaitAsync(cancel);
                    }
                    catch (IOException)
                    {
                        // Whether the message arrived is unknown: the same bytes go again, and the receiver must tell.
                        await ReconnectAsync(cancel);
                        continue;
                    }

                    await SettleAsync(message, answer, cancel);
                }
            }
            finally
            {
                await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
                await ForgetAsync();
            }
        }

        /// <summary>False when nothing is unanswered and nothing more will come.</summary>
        private async Task<bool> FillWindowAsync(CancellationToken cancel)
        {
            while (outstanding.Count < lab.options.Window)
            {
                if (!Messages.Reader.TryRead(out var message))
                {
                    if (outstanding.Count > 0)
                    {
                        break;
                    }

                    if (!await Messages.Reader.WaitToReadAsync(cancel))
                    {
                        return false;
                    }

                    continue;
                }

                outstanding.Enqueue((message, client!.SendAsync(message.Bytes, cancel)));
            }

            return true;
        }

        private async Task SettleAsync(OruMessage message, MllpAnswer answer, CancellationToken cancel)
        {
            if (answer.IsRejected && ++attempts < lab.options.RejectedAttempts)
            {
                await Task.Delay(Backoff(attempts), lab.time, cancel);
                Interlocked.Increment(ref lab.resent);
                outstanding.Dequeue();
                var behind = outstanding.ToArray();
                outstanding.Clear();
                outstanding.Enqueue((message, client!.SendAsync(message.Bytes, cancel)));
                Array.ForEach(behind, outstanding.Enqueue);
                return;
            }

            attempts = 0;
            outstanding.Dequeue();
            journal.Add(message.Facts.Ordinal, answer.Code);
            lab.roundTrips.Add(answer.RoundTrip);
            Interlocked.Increment(ref answer.IsAccepted ? ref lab.accepted : ref lab.refused);
            lab.Answered?.Invoke(message, answer);
        }

        private async Task ReconnectAsync(CancellationToken cancel)
        {
            await client!.DisposeAsync();
            var messages = outstanding.Select(waiting => waiting.Message).ToArray();
            await ForgetAsync();
            Interlocked.Increment(ref lab.reconnects);
            await ConnectAsync(cancel);
            Interlocked.Add(ref lab.resent, messages.Length);
            foreach (var message in messages)
            {
                outstanding.Enqueue((message, client.SendAsync(message.Bytes, cancel)));
            }
        }

        private async Task ConnectAsync(CancellationToken cancel)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    client = await MllpClient.ConnectAsync(
                        lab.options.Host, lab.options.Port, lab.options.Mllp with { IsPipelined = lab.options.Window > 1 }, lab.time, cancel);
                    return;
                }
                catch (IOException)
                {
                    await Task.Delay(Backoff(attempt), lab.time, cancel);
                }
            }
        }

        /// <summary>Lets go of answers that will never come.</summary>
        private async Task ForgetAsync()
        {
            while (outstanding.TryDequeue(out var waiting))
            {
                await ((Task)waiting.Answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private TimeSpan Backoff(int attempt)
        {
            var patience = lab.options.Patience * Math.Pow(2, Math.Min(attempt - 1, 10));
            return patience < LongestPatience ? patience : LongestPatience;
        }
    }
}
