using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Inbound.Tests.Listeners;

/// <summary>The same security, by the same settings, as MLLP has.</summary>
public sealed class HttpTlsTests(SharedHttpEdge shared) : IClassFixture<SharedHttpEdge>, IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly Certificates ours = new();
    private readonly Certificates strangers = new();
    private readonly KeyFolder keys = RunningEdge.NewKeys();
    private readonly string id = Results.NewId();

    [Fact]
    public async Task A_message_travels_under_TLS_and_never_in_the_clear()
    {
        await using var edge = Start(clientAuthorities: null);

        Assert.Equal("AA", await AskAsync(edge, client: null));
        using var plain = new HttpClient();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Results.Message(Results.NewId())));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => plain.PostAsync(HttpSender.At(edge), content));
        await TlsFailedAsync(edge);
    }

    [Fact]
    public async Task A_sender_with_a_certificate_of_the_authority_is_accepted()
    {
        await using var edge = Start(clientAuthorities: "senders.pem");

        Assert.Equal("AA", await AskAsync(edge, ours.Client()));
    }

    [Fact]
    public async Task A_sender_without_a_certificate_is_refused_where_one_is_demanded() => await RefusedAsync(client: null);

    [Fact]
    public async Task A_sender_with_a_strangers_certificate_is_refused() => await RefusedAsync(strangers.Client());

    [Fact]
    public async Task A_server_certificate_does_not_make_a_sender() => await RefusedAsync(ours.Server());

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart_and_a_broken_one_closes_that_connection_only()
    {
        await using var edge = Start(clientAuthorities: null);
        Assert.Equal("AA", await AskAsync(edge, client: null));
        var path = keys.Existing("server.pem");
        var whole = await File.ReadAllTextAsync(path);

        await File.WriteAllTextAsync(path, "half written");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskAsync(edge, client: null));
        await TlsFailedAsync(edge);

        await File.WriteAllTextAsync(path, whole);
        using var renewed = ours.Server("renewed");
        Certificates.Write(renewed, keys.Place, "server");
        Assert.Equal("AA", await AskAsync(edge, client: null, name: "renewed"));
    }

    public void Dispose()
    {
        ours.Dispose();
        strangers.Dispose();
    }

    private RunningEdge Start(string? clientAuthorities)
    {
        using var server = ours.Server();
        Certificates.Write(server, keys.Place, "server");
        File.WriteAllText(Path.Combine(keys.Place, "senders.pem"), ours.Authority.ExportCertificatePem());
        return RunningEdge.Start(
            shared.Edge.Store, site => site.OverHttp().WithListener(l => l with { Tls = new TlsSettings("server.pem", "server.key", clientAuthorities) }), keys);
    }

    private async Task RefusedAsync(X509Certificate2? client)
    {
        await using var edge = Start(clientAuthorities: "senders.pem");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskAsync(edge, client));

        await TlsFailedAsync(edge);
        Assert.Equal(0L, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'"));
    }

    /// <summary>Sends over a connection of its own, under the name that the server's certificate must bear.</summary>
    private async Task<string> AskAsync(RunningEdge edge, X509Certificate2? client, string name = "localhost")
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(ours.Authority);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new()
            {
                CertificateChainPolicy = policy,
                ClientCertificates = client is null ? null : [client],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
        };
        using var sender = new HttpClient(handler);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Results.Message(id)));
        content.Headers.ContentType = new(HttpSender.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, HttpSender.At(edge, scheme: "https")) { Content = content };
        request.Headers.Host = name;
        using var response = await sender.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Answer.Of(await response.Content.ReadAsStringAsync()).Code;
    }

    private static Task TlsFailedAsync(RunningEdge edge) =>
        Eventually.Within(Soon, "the failed handshake is logged", () =>
            edge.Logs.Lines.Any(line => line.Contains("http.tls-failed", StringComparison.Ordinal)));
}
