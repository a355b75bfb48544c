using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Receiving;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// Listens for HL7 over HTTP: Kestrel without routing, logging or middleware, with limits as tight as a message allows. Requests go
/// to one <see cref="MessageEndpoint"/>; connections pass one gate, in front of which an admission list can be put.
/// </summary>
internal sealed partial class Hl7OverHttpListener : Listener
{
    /// <summary>A sender's headers are few: content type, length, host, credentials, trace.</summary>
    private const int MostHeaders = 48;
    private const int MostHeaderBytes = 16 * 1024;
    private const int MostRequestLineBytes = 2 * 1024;
    private const string Secured = "isthmus.secured";

    /// <summary>Request line and headers arrive in one packet from any client that means well.</summary>
    private static readonly TimeSpan HeadersLimit = TimeSpan.FromSeconds(10);

    private readonly ListenerSettings settings;
    private readonly KeySource keys;
    private readonly InboundMeter meter;
    private readonly ILogger logger;
    private readonly Socket listening;
    private readonly WebApplication server;
    private int open;

    public Hl7OverHttpListener(ListenerSettings settings, KeySource keys, ReceptionDesk desk, InboundMeter meter, TimeProvider time, ILogger logger)
    {
        this.settings = settings;
        this.keys = keys;
        this.meter = meter;
        this.logger = logger;
        listening = ListenerSocket.Open(settings, HttpRules.CannotListen);
        Endpoint = (IPEndPoint)listening.LocalEndPoint!;
        var endpoint = new MessageEndpoint(settings, desk, new FrameMemory(settings.Limits.MemoryBytes), meter, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure)
            .UseSockets(sockets => sockets.CreateBoundListenSocket = _ => listening);
        server = builder.Build();
        server.Run(endpoint.AnswerAsync);
    }

    public string Name => settings.Name;

    public IPEndPoint Endpoint { get; }

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
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.KeepAliveTimeout = settings.Limits.Idle;
        limits.RequestHeadersTimeout = HeadersLimit;
        limits.MaxRequestHeaderCount = MostHeaders;
        limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        limits.MaxRequestLineSize = MostRequestLineBytes;

        // The endpoint bounds the body itself, so that even one that turns out too large is acknowledged with its control id.
        limits.MaxRequestBodySize = null;
        kestrel.Listen(Endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => AdmitAsync(connection, next));
            if (settings.Tls is { } tls)
            {
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = ListenerTls.HandshakeLimit,
                    OnConnection = _ => ReadTls(tls),
                });
                listen.Use(next => connection =>
                {
                    connection.Items[Secured] = true;
                    return next(connection);
                });
            }
        });
    }

    private ValueTask<SslServerAuthenticationOptions> ReadTls(TlsSettings tls)
    {
        try
        {
            return ValueTask.FromResult(ListenerTls.Read(tls, keys));
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
        if (Interlocked.Increment(ref open) > settings.Limits.MaxConnections)
        {
            Interlocked.Decrement(ref open);
            Closed(HttpRules.TooManyConnections);
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
            if (settings.Tls is not null && !connection.Items.ContainsKey(Secured))
            {
                Closed(HttpRules.TlsFailed);
            }
        }
    }

    private void Closed(string rule)
    {
        meter.Closed(rule);
        LogClosed(logger, settings.Name, rule);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Listener {Listener} closed a connection: {Rule}")]
    private static partial void LogClosed(ILogger logger, string listener, string rule);
}
