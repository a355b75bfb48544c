using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using Isthmus.Api.Tests.Running;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>Clients that prove themselves in the handshake, and tokens that are worth nothing without their certificate (RFC 8705).</summary>
public sealed class MutualTlsTests : IAsyncLifetime
{
    private readonly DoorOfItsOwn own = new();
    private readonly Authority authority = new();
    private RunningDoor door = null!;

    public async Task InitializeAsync()
    {
        var running = new RunningDoor { Tls = new TlsSettings("server.pem", "server.key", "clients.pem") };
        authority.WriteTo(running.Keys.Place);
        door = await own.OpenAsync(running);
    }

    public async Task DisposeAsync()
    {
        await own.DisposeAsync();
        authority.Dispose();
    }

    [Fact, Shall(231)]
    public async Task S231_Nothing_older_than_TLS_1_2_is_spoken()
    {
        using var certificate = authority.Issue("CN=old");
#pragma warning disable SYSLIB0039, CA5397 // The point is that they are refused.
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(SslProtocols.Tls11, certificate));
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(SslProtocols.Tls, certificate));
#pragma warning restore SYSLIB0039, CA5397
        Assert.Equal(SslProtocols.Tls12, await HandshakeAsync(SslProtocols.Tls12, certificate));
        Assert.Equal(SslProtocols.Tls13, await HandshakeAsync(SslProtocols.Tls13, certificate));
    }

    [Fact]
    public async Task A_registered_certificate_gets_a_token_that_is_bound_to_it()
    {
        using var certificate = authority.Issue("CN=renal board");
        var client = await door.ClientAsync(credential: new ClientCredential { Certificate = ThumbprintOf(certificate) });
        using var http = door.Client(certificate);

        var answer = await AskAsync(http, client.Id);

        Assert.True(answer.Status == 200, answer.Body);
        var token = answer.Text("access_token")!;
        Assert.NotNull((await PresentAsync(token, ThumbprintOf(certificate))).Caller);
    }

    [Fact, HostileRow("A30")]
    public async Task A30_A_bound_token_is_refused_with_another_certificate_or_with_none()
    {
        using var certificate = authority.Issue("CN=renal board");
        using var other = authority.Issue("CN=renal board");
        var client = await door.ClientAsync(credential: new ClientCredential { Subject = "CN=renal board" });
        using var http = door.Client(certificate);
        var token = (await AskAsync(http, client.Id)).Text("access_token")!;

        Assert.Equal(TokenRules.BindingWrong, (await PresentAsync(token, ThumbprintOf(other))).Refusal);
        Assert.Equal(TokenRules.BindingWrong, (await PresentAsync(token, null)).Refusal);
    }

    [Fact]
    public async Task Another_certificate_is_not_the_registered_one()
    {
        using var certificate = authority.Issue("CN=renal board");
        using var other = authority.Issue("CN=somebody else");
        var client = await door.ClientAsync(credential: new ClientCredential { Certificate = ThumbprintOf(certificate) });
        using var http = door.Client(other);

        Assert.Equal((401, "token.client-not-authenticated"), (await AskAsync(http, client.Id)) is var a ? (a.Status, a.Text("rule")!) : default);
    }

    private Task<Answer> AskAsync(HttpClient http, string client) => door.PostAsync(
        "/oauth2/token",
        new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = client, ["scope"] = "system/Patient.rs" }, http: http);

    private ValueTask<TokenVerdict> PresentAsync(string token, string? thumbprint) =>
        door.Check.CheckAsync(new PresentedToken(TokenScheme.Bearer, token, thumbprint, null, "GET", "https://localhost/fhir/Patient"), default);

    private static string ThumbprintOf(X509Certificate2 certificate) => Forge.Encode(SHA256.HashData(certificate.RawData));

    private async Task<SslProtocols> HandshakeAsync(SslProtocols protocol, X509Certificate2 certificate)
    {
        using var socket = new TcpClient();
        var address = new Uri(door.Site.Access!.Issuer);
        await socket.ConnectAsync("127.0.0.1", address.Port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocol,
            ClientCertificates = [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=localhost",
        });
        return tls.SslProtocol;
    }
}
