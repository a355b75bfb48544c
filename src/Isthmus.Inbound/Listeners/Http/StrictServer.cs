using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners.Framing;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// Kestrel without routing, logging or middleware, behind three doors that every connection passes: 1 the gate, which counts
/// connections; 2 TLS; 3 the framing guard. What comes through goes to one delegate.
/// </summary>
internal sealed class StrictServer : IAsyncDisposable
{
    private const string Secured = "isthmus.secured";

    /// <summary>The guard refuses first, with an answer of its own; the server's limits stand a little behind it.</summary>
    private const int Slack = 1024;

    /// <summary>What the system holds of an answer that is not fetched; connections inherit it. Without it that grows to megabytes each.</summary>
    private const int SendBuffer = 128 * 1024;

    private readonly ListenerSettings settings;
    private readonly FramingLimits limits;
    private readonly ListenerTls? tls;
    private readonly RequestDelegate answer;
    private readonly InboundMeter meter;
    private readonly ClosureLog closures;
    private readonly FramingGuard guard;
    private readonly ConnectionShares? shares;
    private readonly Socket listening;
    private readonly WebApplication server;
    private int open;

    /// <param name="configure">What else the listener sets; last, so that it decides.</param>
    /// <param name="shares">How many of the connections one address may hold; null for all.</param>
    public StrictServer(
        ListenerSettings settings, FramingLimits limits, KeySource keys, RequestDelegate answer, InboundMeter meter, TimeProvider time, ILogger logger,
        Action<KestrelServerLimits>? configure = null, ConnectionShares? shares = null)
    {
        this.shares = shares;
        this.settings = settings;
        this.limits = limits;
        tls = settings.Tls is { } secured ? new ListenerTls(secured, keys, time) : null;
        this.answer = answer;
        this.meter = meter;
        closures = new ClosureLog(settings.Name, meter, time, logger);
        guard = new FramingGuard(limits, refusal => meter.Refused(refusal.Id), time);
        listening = ListenerSocket.Open(settings, HttpRules.CannotListen);
        listening.SendBufferSize = SendBuffer;
        Endpoint = (IPEndPoint)listening.LocalEndPoint!;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                Configure(kestrel);
                configure?.Invoke(kestrel.Limits);
            })
            .UseSockets(sockets => sockets.CreateBoundListenSocket = _ => listening);
        server = builder.Build();
        server.Run(AnswerAsync);
    }

    /// <summary>Where it listens; the real port where the settings say 0.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Accepts until cancelled, then answers what was taken in.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        await server.StartAsync(CancellationToken.None);
        var drain = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (draining.Register(drain.SetResult))
        {
            await drain.Task;
        }

        using var patience = new CancellationTokenSource(ListenerSocket.DrainLimit);
        await server.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        listening.Dispose();
        closures.Dispose();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.KeepAliveTimeout = settings.Limits.Idle;
        kestrel.Limits.RequestHeadersTimeout = limits.HeadWithin;
        kestrel.Limits.MaxRequestHeaderCount = limits.Headers;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes + Slack;
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineBytes + Slack;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
        kestrel.Listen(Endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => AdmitAsync(connection, next));
            if (tls is not null)
            {
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = ListenerTls.HandshakeLimit,
                    OnConnection = _ => ReadTls(),
                });
                listen.Use(next => connection =>
                {
                    connection.Items[Secured] = true;
                    return next(connection);
                });
            }

            listen.Use(next => connection => guard.GuardAsync(connection, next));
        });
    }

    private ValueTask<SslServerAuthenticationOptions> ReadTls()
    {
        try
        {
            return ValueTask.FromResult(tls!.Options());
        }
        catch (Exception e) when (e is KeyMissingException or CryptographicException)
        {
            // Kestrel then closes this connection, and nothing is said in the clear.
            throw new IOException(HttpRules.TlsFailed, e);
        }
    }

    /// <summary>The gate: every connection passes here before a byte of it is read.</summary>
    private async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var isMine = shares?.TryTake(address) != false;
        if (!isMine || Interlocked.Increment(ref open) > settings.Limits.MaxConnections)
        {
            if (isMine)
            {
                Interlocked.Decrement(ref open);
                shares?.Return(address);
            }

            closures.Closed(isMine ? HttpRules.TooManyConnections : HttpRules.TooManyOfOneAddress);
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref open);
            shares?.Return(address);
            if (tls is not null && !connection.Items.ContainsKey(Secured))
            {
                closures.Closed(HttpRules.TlsFailed);
            }
        }
    }

    private async Task AnswerAsync(HttpContext call)
    {
        if (HttpProtocol.IsHttp10(call.Request.Protocol))
        {
            // The guard takes one request of such a connection; the client must not be promised another.
            call.Response.Headers.Connection = "close";
        }

        try
        {
            await answer(call);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e) when (!call.Response.HasStarted)
        {
            await RefuseAsync(call, e.StatusCode);
        }
    }

    /// <summary>A body that broke off or broke its framing while it was read.</summary>
    private async Task RefuseAsync(HttpContext call, int status)
    {
        var framed = call.Features.Get<GuardedConnection>()?.Refusal;
        var refusal = framed?.Refusal ?? status switch
        {
            StatusCodes.Status413PayloadTooLarge => HttpRules.BodyTooLarge,
            StatusCodes.Status408RequestTimeout => HttpRules.SlowSender,
            _ => HttpRules.BodyCutOff,
        };
        meter.Refused(refusal.Id);
        call.Response.Clear();
        await Problem.WriteAsync(call, refusal, framed?.Status ?? status);
    }
}
