using System.IO.Pipelines;
using Isthmus.Exchange;
using Microsoft.AspNetCore.Connections;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>One guarded connection: a pipe in front of another. It is a feature of the connection, so that its refusal can be asked for.</summary>
internal sealed class GuardedConnection : IDuplexPipe, IDisposable
{
    /// <summary>After a refusal: how much and how long what still comes is thrown away, and after which silence no more is expected.</summary>
    private const long LingerBytes = 16 << 20;
    private static readonly TimeSpan LingerLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LingerSilence = TimeSpan.FromMilliseconds(100);

    private readonly IDuplexPipe inner;
    private readonly RequestFraming framing;
    private readonly GuardedReader reader;
    private readonly Action<Refusal> refused;
    private readonly TimeProvider time;

    public GuardedConnection(IDuplexPipe inner, FramingLimits limits, Action<Refusal> refused, TimeProvider time)
    {
        this.inner = inner;
        this.refused = refused;
        this.time = time;
        framing = new RequestFraming(limits);
        reader = new GuardedReader(inner.Input, framing, limits, time, AnswerAsync);
        Output = new GuardedWriter(inner.Output, framing);
    }

    public PipeReader Input => reader;

    public PipeWriter Output { get; }

    /// <summary>Why the connection ends, where the guard ended it; the server then sees a body that was cut off.</summary>
    public FramingRefusal? Refusal => framing.Refusal;

    public void CheckTime() => reader.CheckTime();

    /// <summary>After a refusal, throws away what the client still sends, within bounds, so that it comes to read the answer.</summary>
    public async Task LingerAsync()
    {
        if (framing.Refusal is null)
        {
            return;
        }

        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(LingerSilence, time);
        try
        {
            for (var thrown = 0L; thrown < LingerBytes && time.GetElapsedTime(began) < LingerLimit;)
            {
                var read = await inner.Input.ReadAsync(limit.Token);
                thrown += read.Buffer.Length;
                inner.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    break;
                }

                limit.CancelAfter(LingerSilence);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Silent, or gone.
        }
    }

    public void Dispose() => framing.Dispose();

    private async ValueTask AnswerAsync(FramingRefusal refusal)
    {
        refused(refusal.Refusal);
        await inner.Output.WriteAsync(refusal.Answer(time.GetUtcNow(), withBody: !framing.IsHeadRequest));
    }
}
