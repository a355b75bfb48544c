using System.Globalization;
using System.Net.Http.Headers;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Resilience;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Connectors.Webhook;

/// <summary>
/// A receiver of signed events: the delivery's one document as it is, under a <c>webhook-id</c> by which the receiver knows a repeat.
/// </summary>
internal sealed class WebhookConnector(DestinationSettings destination, KeySource keys, TimeProvider time) : Connector
{
    /// <summary>How long a secret is used before its file is read again, so that a new one needs no restart.</summary>
    private static readonly TimeSpan SecretLife = TimeSpan.FromSeconds(30);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Credential credential = new(destination, keys);
    private readonly HttpMessageInvoker http = Egress.Open(destination);
    private volatile Secret? secret;

    public string Name => "webhook";

    public bool RepeatsAreSafe => true;

    public async Task<DeliveryResult> SendAsync(DeliveryPayload payload, CancellationToken cancellation)
    {
        if (payload.Documents is not [var document])
        {
            return DeliveryResult.Failed(FailureClass.BusinessRule);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(destination.Timeout);
        byte[] key;
        try
        {
            key = CurrentSecret();
        }
        catch (Exception missing) when (Credential.IsToBlame(missing))
        {
            return DeliveryResult.Failed(FailureClass.Unauthorised);
        }

        using var request = Signed(key, payload.Key, document.Json);
        try
        {
            using var answer = await http.SendAsync(request, patience.Token);
            return answer.IsSuccessStatusCode ? DeliveryResult.Delivered((int)answer.StatusCode) : HttpVerdict.Of(answer, time);
        }
        catch (Exception thrown) when (thrown is HttpRequestException or IOException
            || (thrown is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return DeliveryResult.Failed(HttpVerdict.Of(thrown));
        }
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Signed(byte[] key, string id, ReadOnlyMemory<byte> body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, destination.BaseUrl) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Sign(key, id, timestamp, body.Span));
        return request;
    }

    private byte[] CurrentSecret()
    {
        var known = secret;
        if (known is null || time.GetElapsedTime(known.ReadAt) > SecretLife)
        {
            known = new Secret(WebhookSignature.ReadSecret(credential.Read()), time.GetTimestamp());
            secret = known;
        }

        return known.Bytes;
    }

    private sealed record Secret(byte[] Bytes, long ReadAt);
}
