using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Resilience;
using Isthmus.Testing;

namespace Isthmus.Outbound.Tests.Connectors;

public sealed class HttpVerdictTests
{
    private readonly ManualTime time = new();

    [Theory]
    [InlineData(400, "BusinessRule")]
    [InlineData(401, "Unauthorised")]
    [InlineData(403, "Unauthorised")]
    [InlineData(409, "BusinessRule")]
    [InlineData(422, "BusinessRule")]
    [InlineData(429, "Throttled")]
    [InlineData(500, "Application")]
    [InlineData(502, "Ambiguous")]
    [InlineData(503, "Application")]
    [InlineData(504, "Ambiguous")]
    public void A_status_has_its_class(int status, string failure)
    {
        using var answer = new HttpResponseMessage((HttpStatusCode)status);

        Assert.Equal(DeliveryResult.Failed(Enum.Parse<FailureClass>(failure), status), HttpVerdict.Of(answer, time));
    }

    [Fact]
    public void Retry_After_is_read_in_seconds_and_as_a_date()
    {
        using var seconds = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        seconds.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(17));
        using var date = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        date.Headers.RetryAfter = new RetryConditionHeaderValue(time.GetUtcNow() + TimeSpan.FromMinutes(2));
        using var past = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        past.Headers.RetryAfter = new RetryConditionHeaderValue(time.GetUtcNow() - TimeSpan.FromMinutes(2));

        Assert.Equal(DeliveryResult.Failed(FailureClass.Throttled, 429, TimeSpan.FromSeconds(17)), HttpVerdict.Of(seconds, time));
        Assert.Equal(DeliveryResult.Failed(FailureClass.Throttled, 503, TimeSpan.FromMinutes(2)), HttpVerdict.Of(date, time));
        Assert.Equal(TimeSpan.Zero, HttpVerdict.Of(past, time).RetryAfter);
    }

    [Fact]
    public void What_never_left_is_transport_and_what_may_have_arrived_is_ambiguous()
    {
        Assert.Equal(FailureClass.Transport, HttpVerdict.Of(new HttpRequestException(HttpRequestError.NameResolutionError)));
        Assert.Equal(FailureClass.Transport, HttpVerdict.Of(new HttpRequestException(HttpRequestError.SecureConnectionError)));
        Assert.Equal(FailureClass.Transport, HttpVerdict.Of(new HttpRequestException("", new SocketException((int)SocketError.ConnectionRefused))));
        Assert.Equal(FailureClass.Transport, HttpVerdict.Of(new OperationCanceledException("", new TimeoutException())));
        Assert.Equal(FailureClass.Ambiguous, HttpVerdict.Of(new HttpRequestException(HttpRequestError.ResponseEnded)));
        Assert.Equal(FailureClass.Ambiguous, HttpVerdict.Of(new OperationCanceledException()));
        Assert.Equal(FailureClass.Ambiguous, HttpVerdict.Of(new IOException()));
    }
}
