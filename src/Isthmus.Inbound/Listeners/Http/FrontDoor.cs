using System.Net;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners.Framing;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Isthmus.Inbound.Listeners.Http;

/// <summary>
/// The one door for third parties: a listener of kind <c>api</c>. It gives each request that is framed beyond doubt to one delegate, in
/// which admission begins; what forwarding headers say was heeded or taken away before.
/// </summary>
/// <remarks>
/// The delegate sees the client's address as <see cref="ConnectionInfo.RemoteIpAddress"/> and the scheme the client used as
/// <see cref="HttpRequest.Scheme"/>. The server's body limit is the listener's largest (<c>limits.max-frame</c>); a route may lower it by
/// <see cref="Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature"/>. A body that breaks its framing or a limit fails the
/// read with <see cref="Microsoft.AspNetCore.Http.BadHttpRequestException"/>; left to fly, it is answered here with the right status and rule.
/// </remarks>
public sealed class FrontDoor : Listener
{
    /// <summary>Bytes of a body that must come, and of an answer that must be fetched, on average; less ties up memory on purpose.</summary>
    private const double LeastSentPerSecond = 1024;
    private const double LeastFetchedPerSecond = 8 * 1024;
    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    /// <summary>For a first byte. A stranger who only connects holds a place for no longer than one who sends a head.</summary>
    private static readonly TimeSpan FirstWithin = TimeSpan.FromSeconds(10);

    /// <summary>Fields that decide something here and have one value: of two, readers heed the first, the last or both joined.</summary>
    private static readonly string[] Once =
        [HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.TraceParent, HeaderNames.IfMatch, "Prefer", "Idempotency-Key", "DPoP"];

    private readonly InboundMeter meter = new();
    private readonly StrictServer server;
    private readonly ForwardedBy forwarded;
    private readonly RequestDelegate answer;

    /// <summary>Listens at once, and answers once <see cref="RunAsync"/> runs.</summary>
    /// <param name="settings">Of kind <see cref="ListenerKind.Api"/>.</param>
    /// <param name="proxies">Whose word on the client's address and scheme is taken; empty for nobody's. Asked anew for every request.</param>
    /// <param name="answer">Answers each request.</param>
    /// <exception cref="RefusalException">It would leave loopback without TLS, or the address is taken.</exception>
    public FrontDoor(
        ListenerSettings settings, Func<IReadOnlyList<IPNetwork>> proxies, KeySource keys, RequestDelegate answer, TimeProvider time, ILoggerFactory loggers)
    {
        if (settings.Tls is null && !IPAddress.IsLoopback(settings.Bind))
        {
            throw new RefusalException(HttpRules.TlsMissing);
        }

        Name = settings.Name;
        this.answer = answer;
        forwarded = new ForwardedBy(proxies);
        var limits = new FramingLimits { BodyBytes = settings.Limits.MaxFrameBytes, FirstWithin = FirstWithin };

        // Half for one address, so that no stranger alone holds all places; a proxy brings everybody.
        var shares = new ConnectionShares((settings.Limits.MaxConnections + 1) / 2, forwarded.IsProxy);
        server = new StrictServer(settings, limits, keys, AnswerAsync, meter, time, loggers.CreateLogger<FrontDoor>(), SetRates, shares);
    }

    /// <summary>The name in <c>isthmus.yaml</c>.</summary>
    public string Name { get; }

    /// <summary>Where it listens; the real port where the settings say 0.</summary>
    public IPEndPoint Endpoint => server.Endpoint;

    /// <summary>Answers until cancelled, and then what was begun.</summary>
    public Task RunAsync(CancellationToken draining) => server.RunAsync(draining);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        meter.Dispose();
    }

    private static void SetRates(KestrelServerLimits server)
    {
        server.MinRequestBodyDataRate = new MinDataRate(LeastSentPerSecond, RateGrace);
        server.MinResponseDataRate = new MinDataRate(LeastFetchedPerSecond, RateGrace);
    }

    private Task AnswerAsync(HttpContext call)
    {
        forwarded.Heed(call);
        if (call.Request.Headers.Expect.Count > 0)
        {
            call.Response.OnStarting(EndIfUnread, call);
        }

        if (Check(call.Request.Headers) is var (refusal, status))
        {
            meter.Refused(refusal.Id);
            return Problem.WriteAsync(call, refusal, status);
        }

        // Nothing that passes this door may be kept by anybody in between, until a handler says otherwise.
        call.Response.Headers.CacheControl = "no-store";
        return answer(call);
    }

    /// <summary>
    /// Whoever announced a body and waits to be asked for it need not send it once it was refused (RFC 9110 section 10.1.1). What comes
    /// next may then be that body or a request, so nothing more is read.
    /// </summary>
    private static Task EndIfUnread(object state)
    {
        var response = ((HttpContext)state).Response;
        if (response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }

    /// <summary>What no route takes: a compressed body, whose size nobody knows before it is unpacked, and two answers to one question.</summary>
    private static (Refusal Refusal, int Status)? Check(IHeaderDictionary headers)
    {
        if (headers.ContentEncoding is { Count: > 0 } coding && !string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return (HttpRules.EncodingUnsupported, StatusCodes.Status415UnsupportedMediaType);
        }

        foreach (var name in Once)
        {
            if (headers[name].Count > 1)
            {
                return (HttpRules.HeaderRepeated, StatusCodes.Status400BadRequest);
            }
        }

        return null;
    }
}
