using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Connectors.OAuth;
using Isthmus.Outbound.Resilience;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Connectors.FhirRest;

/// <summary>
/// A FHIR R4 server: one transaction Bundle per delivery, every resource by PUT under our id, with OAuth client credentials.
/// A 401 is answered by one fresh token and one repeat.
/// </summary>
internal sealed class FhirRestConnector : Connector
{
    private const int LeastRead = 4096;

    private static readonly MediaTypeHeaderValue FhirJson = new("application/fhir+json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptFhirJson = new("application/fhir+json");

    private readonly DestinationSettings destination;
    private readonly HttpMessageInvoker http;
    private readonly TokenBroker tokens;
    private readonly TimeProvider time;
    private readonly Uri address;
    private readonly byte[] fullUrlBase;
    private readonly ConcurrentBag<ArrayBufferWriter<byte>> buffers = [];

    public FhirRestConnector(DestinationSettings destination, KeySource keys, OutboundMeter meter, TokenWatch tokenWatch, TimeProvider time)
    {
        this.destination = destination;
        this.time = time;
        address = new Uri(destination.BaseUrl.AbsoluteUri.TrimEnd('/') + "/");
        fullUrlBase = Encoding.UTF8.GetBytes(address.AbsoluteUri);
        http = Egress.Open(destination);
        tokens = new TokenBroker(destination, new Credential(destination, keys), http, meter, tokenWatch, time);
    }

    public string Name => "fhir-rest";

    public bool RepeatsAreSafe => true;

    public async Task<DeliveryResult> SendAsync(DeliveryPayload payload, CancellationToken cancellation)
    {
        var token = await tokens.GetAsync(cancellation);
        if (token.Value is null)
        {
            return token.Failure;
        }

        var bundle = Room();
        TransactionBundle.Write(payload.Documents, fullUrlBase, bundle);
        var result = await PostAsync(payload, bundle.WrittenMemory, token.Value, cancellation);
        if (result.Status == (int)HttpStatusCode.Unauthorized)
        {
            token = await tokens.ReplaceAsync(token.Value, cancellation);
            result = token.Value is null ? token.Failure : await PostAsync(payload, bundle.WrittenMemory, token.Value, cancellation);
        }

        // Kept only after a clean exchange: a request cut short may still be reading it.
        if (result.Failure is null)
        {
            buffers.Add(bundle);
        }

        return result;
    }

    public void Dispose()
    {
        tokens.Dispose();
        http.Dispose();
    }

    private async Task<DeliveryResult> PostAsync(
        DeliveryPayload payload, ReadOnlyMemory<byte> bundle, AuthenticationHeaderValue token, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(destination.Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(bundle) };
        request.Content.Headers.ContentType = FhirJson;
        request.Headers.Accept.Add(AcceptFhirJson);
        request.Headers.Authorization = token;
        request.Headers.TryAddWithoutValidation("Prefer", "return=minimal");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", payload.Key);
        try
        {
            using var answer = await http.SendAsync(request, patience.Token);
            return answer.IsSuccessStatusCode
                ? await CheckEntriesAsync(answer, payload.Documents.Count, patience.Token)
                : HttpVerdict.Of(answer, time);
        }
        catch (Exception thrown) when (thrown is HttpRequestException or IOException
            || (thrown is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return DeliveryResult.Failed(HttpVerdict.Of(thrown));
        }
    }

    private async Task<DeliveryResult> CheckEntriesAsync(HttpResponseMessage answer, int expected, CancellationToken cancellation)
    {
        var body = Room();
        body.ResetWrittenCount();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        for (int read; (read = await stream.ReadAsync(body.GetMemory(LeastRead), cancellation)) > 0;)
        {
            body.Advance(read);
        }

        var status = (int)answer.StatusCode;
        var failure = TransactionResponse.Failure(body.WrittenSpan, expected);
        buffers.Add(body);
        return failure is { } failed ? DeliveryResult.Failed(failed, status) : DeliveryResult.Delivered(status);
    }

    private ArrayBufferWriter<byte> Room() => buffers.TryTake(out var buffer) ? buffer : new ArrayBufferWriter<byte>(32 * 1024);
}
