using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Connectors;

/// <summary>Reads from HTTP what decides: status, Retry-After, and from an exception whether the request had left.</summary>
internal static class HttpVerdict
{
    /// <summary>A partner that asks for more patience than this is asked again anyway.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>The failure that an answer other than 2xx stands for.</summary>
    public static DeliveryResult Of(HttpResponseMessage answer, TimeProvider time)
    {
        var status = (int)answer.StatusCode;
        var retryAfter = RetryAfter(answer.Headers.RetryAfter, time);
        var failure = answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => FailureClass.Throttled,
            HttpStatusCode.ServiceUnavailable when retryAfter is not null => FailureClass.Throttled,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => FailureClass.Unauthorised,
            // The gateway does not know what its server did.
            HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout or HttpStatusCode.BadGateway => FailureClass.Ambiguous,
            >= HttpStatusCode.InternalServerError => FailureClass.Application,
            _ => FailureClass.BusinessRule,
        };
        return DeliveryResult.Failed(failure, status, retryAfter);
    }

    /// <summary>The failure that an exception of the handler stands for.</summary>
    public static FailureClass Of(Exception thrown) => thrown switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => FailureClass.Transport,
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => FailureClass.Transport,
        // The handler's own limit on connecting, not ours on the whole exchange.
        OperationCanceledException { InnerException: TimeoutException } => FailureClass.Transport,
        _ => FailureClass.Ambiguous,
    };

    /// <summary>Retry-After as a duration, from seconds or from an HTTP date (RFC 9110 section 10.2.3).</summary>
    public static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, TimeProvider time)
    {
        var wait = header switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait switch
        {
            null => null,
            { Ticks: < 0 } => TimeSpan.Zero,
            { } asked when asked > LongestRetryAfter => LongestRetryAfter,
            _ => wait,
        };
    }
}
