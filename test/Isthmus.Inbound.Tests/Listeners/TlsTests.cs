using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Inbound.Tests.Listeners;

public sealed class TlsTests(SharedEdge shared) : IClassFixture<SharedEdge>, IDisposable
{
    private readonly TestStore store = shared.Edge.Store;
    private readonly Certificates ours = new();
    private readonly Certificates strangers = new();
    private readonly KeyFolder keys = RunningEdge.NewKeys();

    [Fact]
    public async Task A_message_travels_under_TLS()
    {
        await using var edge = Start(clientAuthorities: null);
        await using var sender = await SecureAsync(edge, client: null);

        Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);
    }

    [Fact]
    public async Task Nothing_is_said_in_the_clear_on_a_secured_listener()
    {
        await using var edge = Start(clientAuthorities: null);
        await using var sender = await edge.ConnectAsync();
        await sender.SendAsync(Results.Message(Results.NewId()));

        // A TLS alert may come back; an acknowledgement never.
        await Assert.ThrowsAnyAsync<Exception>(async () => await sender.ReceiveAsync());
        await TlsFailedAsync(edge);
    }

    [Fact]
    public async Task A_sender_with_a_certificate_of_the_authority_is_accepted()
    {
        await using var edge = Start(clientAuthorities: "senders.pem");
        await using var sender = await SecureAsync(edge, ours.Client());

        Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);
    }

    [Fact]
    public async Task A_sender_without_a_certificate_is_refused_where_one_is_demanded() => await RefusedAsync(client: null);

    [Fact]
    public async Task A_sender_with_a_strangers_certificate_is_refused() => await RefusedAsync(strangers.Client());

    [Fact]
    public async Task A_server_certificate_does_not_make_a_sender() => await RefusedAsync(ours.Server());

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart()
    {
        await using var edge = Start(clientAuthorities: null);
        await using (var before = await SecureAsync(edge, client: null))
        {
            Assert.Equal("AA", (await before.AskAsync(Results.Message(Results.NewId()))).Code);
        }

        using var renewed = ours.Server("renewed");
        Certificates.Write(renewed, keys.Place, "server");
        await using var after = await SecureAsync(edge, client: null, name: "renewed");

        Assert.Equal("AA", (await after.AskAsync(Results.Message(Results.NewId()))).Code);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_closes_that_connection_and_the_listener_lives_on()
    {
        await using var edge = Start(clientAuthorities: null);
        var path = keys.Existing("server.pem");
        var whole = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, "half written");
        await using (var refused = await edge.ConnectAsync())
        {
            Assert.True(await refused.IsClosedAsync());
        }

        await TlsFailedAsync(edge);
        await File.WriteAllTextAsync(path, whole);
        await using var sender = await SecureAsync(edge, client: null);
        Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);
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
            store, site => site.WithListener(l => l with { Tls = new TlsSettings("server.pem", "server.key", clientAuthorities) }), keys);
    }

    private async Task RefusedAsync(X509Certificate2? client)
    {
        await using var edge = Start(clientAuthorities: "senders.pem");
        var id = Results.NewId();

        // Under TLS 1.3 the client learns of it only when it reads.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var sender = await SecureAsync(edge, client);
            await sender.AskAsync(Results.Message(id));
        });

        await TlsFailedAsync(edge);
        Assert.Equal(0L, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'"));
    }

    private async Task<Sender> SecureAsync(RunningEdge edge, X509Certificate2? client, string name = "localhost")
    {
        var socket = await Sender.DialAsync(edge.Port);
        var secure = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(ours.Authority);
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                CertificateChainPolicy = policy,
                ClientCertificates = client is null ? null : [client],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            });
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }

        return new Sender(socket, secure);
    }

    private static Task TlsFailedAsync(RunningEdge edge) =>
        Eventually.Within(TimeSpan.FromSeconds(15), "the failed handshake is logged", () =>
            edge.Logs.Lines.Any(line => line.Contains("mllp.tls-failed", StringComparison.Ordinal)));
}
