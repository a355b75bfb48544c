using System.Net.Http.Headers;
using System.Text;

namespace Isthmus.Inbound.Tests;

/// <summary>The other end of HL7 over HTTP.</summary>
internal sealed class HttpSender : IDisposable
{
    public const string MediaType = "application/hl7-v2";

    private readonly HttpClient client;

    public HttpSender(HttpMessageHandler? handler = null) => client = handler is null ? new HttpClient() : new HttpClient(handler);

    public Task<HttpResponseMessage> PostAsync(RunningEdge edge, string message, string? contentType = MediaType) =>
        PostAsync(edge, Encoding.UTF8.GetBytes(message), contentType);

    public Task<HttpResponseMessage> PostAsync(RunningEdge edge, byte[] message, string? contentType) =>
        PostAsync(edge, new ByteArrayContent(message), contentType);

    public Task<HttpResponseMessage> PostAsync(RunningEdge edge, HttpContent content, string? contentType)
    {
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, At(edge)) { Content = content });
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => client.SendAsync(request);

    public static Uri At(RunningEdge edge, string path = "/", string scheme = "http") => new($"{scheme}://localhost:{edge.Port}{path}");

    public void Dispose() => client.Dispose();
}
