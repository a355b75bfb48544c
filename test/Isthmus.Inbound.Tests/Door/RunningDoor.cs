using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Inbound.Tests.Secrecy;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>The front door on a real socket, before a handler that reads each body and tells what came through.</summary>
internal sealed class RunningDoor : IAsyncDisposable
{
    /// <summary>At this path the handler answers without reading the body.</summary>
    public const string Hasty = "/hasty";

    /// <summary>At this path the handler refuses without reading the body.</summary>
    public const string Refusing = "/refusing";

    /// <summary>At this path the handler answers with a lot.</summary>
    public const string Large = "/large";

    public const int LargeBytes = 32 << 20;

    private readonly CancellationTokenSource draining = new();
    private readonly FrontDoor door;
    private readonly Task running;
    private int givenUp;

    private RunningDoor(ListenerSettings settings, IReadOnlyList<IPNetwork> proxies, KeySource? keys)
    {
        door = new FrontDoor(settings, () => proxies, keys ?? new KeyFolder(RunningEdge.NewFolder()), AnswerAsync, TimeProvider.System, Logs);
        running = door.RunAsync(draining.Token);
    }

    public LoggedText Logs { get; } = new();

    public int Port => door.Endpoint.Port;

    /// <summary>What came through, one line for each request: method, path, query, length of the body.</summary>
    public ConcurrentQueue<string> Seen { get; } = new();

    /// <summary>Answers that the client did not fetch in time.</summary>
    public int GivenUp => Volatile.Read(ref givenUp);

    public static RunningDoor Start(
        Func<ListenerLimits, ListenerLimits>? limits = null, TlsSettings? tls = null, KeySource? keys = null, IReadOnlyList<IPNetwork>? proxies = null,
        IPAddress? bind = null)
    {
        var usual = new ListenerLimits(1 << 20, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), 1000, ListenerLimits.DefaultMemoryBytes);
        return new RunningDoor(
            new ListenerSettings("api", ListenerKind.Api, bind ?? IPAddress.Loopback, 0, tls, limits?.Invoke(usual) ?? usual), proxies ?? [], keys);
    }

    /// <summary>Sends the bytes on one connection and reads all that comes back until the other side closes.</summary>
    public async Task<string> AskAsync(string wire)
    {
        using var socket = await Sender.DialAsync(Port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(wire));
        return await Wires.ReadToEndAsync(socket);
    }

    public async ValueTask DisposeAsync()
    {
        await draining.CancelAsync();
        await running;
        await door.DisposeAsync();
        draining.Dispose();
    }

    private async Task AnswerAsync(HttpContext call)
    {
        var request = call.Request;
        long length = 0;
        if (request.Path != Hasty && request.Path != Refusing)
        {
            var buffer = new byte[8192];
            while (await request.Body.ReadAsync(buffer, call.RequestAborted) is > 0 and var read)
            {
                length += read;
            }
        }

        var claims = string.Join(',', request.Headers.Keys.Where(name => name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) || name == "Forwarded"));
        var line = $"{request.Method} {request.Path}{request.QueryString} {length} {call.Connection.RemoteIpAddress} {request.Scheme} {request.Host} [{claims}]";
        Seen.Enqueue(line);
        if (request.Path == Large)
        {
            var block = new byte[1 << 16];
            try
            {
                for (var sent = 0; sent < LargeBytes; sent += block.Length)
                {
                    await call.Response.Body.WriteAsync(block, call.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref givenUp);
            }

            return;
        }

        call.Response.StatusCode = request.Path == Refusing ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK;
        call.Response.ContentLength = Encoding.UTF8.GetByteCount(line);
        await call.Response.WriteAsync(line, call.RequestAborted);
    }
}
