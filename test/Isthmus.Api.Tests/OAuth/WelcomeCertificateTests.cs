using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Api.Tests.Running;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Tokens.Jose;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>One door for clients with a certificate and for those without.</summary>
public sealed class WelcomeCertificateTests : IAsyncLifetime
{
    private readonly DoorOfItsOwn own = new();
    private readonly Authority authority = new();
    private RunningDoor door = null!;

    public async Task InitializeAsync()
    {
        var running = new RunningDoor { Tls = new TlsSettings("server.pem", "server.key", "clients.pem") { ClientCertificates = ClientCertificates.Welcome } };
        authority.WriteTo(running.Keys.Place);
        door = await own.OpenAsync(running);
    }

    public async Task DisposeAsync()
    {
        await own.DisposeAsync();
        authority.Dispose();
    }

    [Fact]
    public async Task Each_proves_itself_in_its_own_way()
    {
        using var certificate = authority.Issue("CN=renal board");
        var bound = await door.ClientAsync(credential: new ClientCredential { Certificate = Forge.Encode(SHA256.HashData(certificate.RawData)) });
        var proven = await door.ClientAsync(dpop: true);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var proof = TestClient.Proof(key, "POST", door.TokenUrl, null, door.Time.GetUtcNow());

        Assert.Equal(200, (await AskAsync(bound.Id, certificate)).Status);
        Assert.Equal("DPoP", (await proven.AskAsync(more: r => r.Headers.Add("DPoP", proof))).Text("token_type"));
    }

    [Fact]
    public async Task Who_is_registered_by_a_certificate_and_shows_none_is_not_known()
    {
        using var certificate = authority.Issue("CN=renal board");
        var client = await door.ClientAsync(credential: new ClientCredential { Subject = "CN=renal board" });

        var answer = await AskAsync(client.Id, null);

        Assert.NotEqual(200, answer.Status);
        Assert.False(answer.Has("access_token"));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_ends_the_handshake()
    {
        using var elsewhere = new Authority();
        using var certificate = elsewhere.Issue("CN=renal board");
        var client = await door.ClientAsync(credential: new ClientCredential { Subject = "CN=renal board" });

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(client.Id, certificate));
    }

    private async Task<Answer> AskAsync(string client, X509Certificate2? certificate)
    {
        using var http = door.Client(certificate);
        return await door.PostAsync(
            "/oauth2/token",
            new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = client, ["scope"] = "system/Patient.rs" }, http: http);
    }
}
