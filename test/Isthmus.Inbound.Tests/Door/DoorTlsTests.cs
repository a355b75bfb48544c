using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Tests.Listeners;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>Who gets through the handshake of the front door, and by which protocol.</summary>
public sealed class DoorTlsTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly Certificates ours = new();
    private readonly Certificates strangers = new();
    private readonly KeyFolder keys = new(RunningEdge.NewFolder());
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    public static TheoryData<string> Strangers => ["none", "expired", "self-signed", "another authority's", "a server's", "revoked"];

    [Fact]
    public async Task A_client_of_the_authority_is_let_in()
    {
        await using var door = Start(ours.Revoking(now.AddDays(1)));

        Assert.True(await IsLetInAsync(door, ours.Client()));
    }

    [Theory, HostileRow("C16")]
    [MemberData(nameof(Strangers))]
    public async Task A_client_without_a_good_certificate_is_refused_in_the_handshake(string kind)
    {
        var revoked = ours.Client();
        await using var door = Start(ours.Revoking(now.AddDays(1), revoked));

        var let = await IsLetInAsync(door, kind switch
        {
            "expired" => ours.Expired(),
            "self-signed" => Certificates.SelfSigned(),
            "another authority's" => strangers.Client(),
            "a server's" => ours.Server(),
            "revoked" => revoked,
            _ => null,
        });

        Assert.False(let);
        Assert.Empty(door.Seen);
        await Eventually.Within(Soon, "the failed handshake is logged", () => door.Logs.Lines.Any(line => line.Contains("http.tls-failed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Without_TLS_the_door_does_not_open_beyond_loopback()
    {
        var refused = Assert.Throws<RefusalException>(() => RunningDoor.Start(bind: System.Net.IPAddress.Any));

        Assert.Equal("http.tls-missing", refused.Refusal.Id);
    }

    [Fact]
    public async Task The_guard_stands_behind_TLS()
    {
        await using var door = Start(ours.Revoking(now.AddDays(1)));
        var body = new string('x', 300_000);

        var answers = await AskAsync(
            door, ours.Client(),
            $"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}"
            + $"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n"
            + "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabcGET /d HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal([200, 200, 400], Wires.Statuses(answers!));
        Assert.Contains("http.content-length-refused", answers, StringComparison.Ordinal);
        Assert.Equal(["POST /a 300000", "POST /b 300000"], door.Seen.Select(line => string.Join(' ', line.Split(' ')[..3])));
    }

    [Fact]
    public async Task A_revocation_is_heeded_without_a_restart()
    {
        var client = ours.Client();
        await using var door = Start(ours.Revoking(now.AddDays(1)));
        Assert.True(await IsLetInAsync(door, client));

        Write("revoked.pem", ours.Revoking(now.AddDays(1), client));

        Assert.False(await IsLetInAsync(door, client));
        Assert.True(await IsLetInAsync(door, ours.Client()));
    }

    [Fact]
    public async Task A_list_that_is_out_of_date_lets_nobody_in()
    {
        await using var door = Start(ours.Revoking(now.AddHours(-1)));

        Assert.False(await IsLetInAsync(door, ours.Client()));
    }

    [Fact]
    public async Task A_list_that_somebody_else_signed_lets_nobody_in()
    {
        await using var door = Start(strangers.Revoking(now.AddDays(1)));

        Assert.False(await IsLetInAsync(door, ours.Client()));
    }

    [Fact]
    public async Task A_list_that_is_missing_or_broken_lets_nobody_in()
    {
        await using var door = Start("no list");
        Assert.False(await IsLetInAsync(door, ours.Client()));

        File.Delete(Path.Combine(keys.Place, "revoked.pem"));
        Assert.False(await IsLetInAsync(door, ours.Client()));

        Write("revoked.pem", ours.Revoking(now.AddDays(1)));
        Assert.True(await IsLetInAsync(door, ours.Client()));
    }

    [Theory, HostileRow("C16")]
    [InlineData(3, 3, 0xC02B, true)] // the same greeting with a strong suite, so that the others fail for what they say
    [InlineData(3, 1, 0xC009, false)] // TLS 1.0
    [InlineData(3, 2, 0xC009, false)] // TLS 1.1
    [InlineData(3, 2, 0xC02B, false)]
    [InlineData(3, 3, 0xC009, false)] // ECDHE-ECDSA-AES128-SHA, in CBC mode
    [InlineData(3, 3, 0xC023, false)] // ECDHE-ECDSA-AES128-SHA256, in CBC mode
    [InlineData(3, 3, 0xC006, false)] // ECDHE-ECDSA-NULL-SHA
    [InlineData(3, 3, 0xC008, false)] // ECDHE-ECDSA-3DES
    [InlineData(3, 3, 0xC0AC, false)] // ECDHE-ECDSA-AES128-CCM
    public async Task Only_TLS_1_2_and_later_with_strong_suites_is_spoken(byte major, byte minor, int suite, bool isSpoken)
    {
        const byte Alert = 21;
        const byte Handshake = 22;
        await using var door = Start(ours.Revoking(now.AddDays(1)));
        using var socket = await Sender.DialAsync(door.Port);

        await socket.SendAsync(Greeting(major, minor, suite));
        var answer = new byte[1];
        var read = await socket.ReceiveAsync(answer).WaitAsync(Soon);

        Assert.Equal((1, isSpoken ? Handshake : Alert), (read, answer[0]));
    }

    public void Dispose()
    {
        ours.Dispose();
        strangers.Dispose();
    }

    private RunningDoor Start(string revocations)
    {
        using var server = ours.Server();
        Certificates.Write(server, keys.Place, "server");
        Write("clients.pem", ours.Authority.ExportCertificatePem());
        Write("revoked.pem", revocations);
        return RunningDoor.Start(tls: new TlsSettings("server.pem", "server.key", "clients.pem", "revoked.pem"), keys: keys);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(keys.Place, name), text);

    /// <summary>Whether a request with this certificate is answered.</summary>
    private async Task<bool> IsLetInAsync(RunningDoor door, X509Certificate2? client) =>
        await AskAsync(door, client, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") is { Length: > 0 };

    /// <summary>All that is answered; null when the handshake fails or nothing comes after it.</summary>
    private async Task<string?> AskAsync(RunningDoor door, X509Certificate2? client, string wire)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(ours.Authority);
        using var socket = await Sender.DialAsync(door.Port);
        await using var tls = new SslStream(new System.Net.Sockets.NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = policy,
                ClientCertificates = client is null ? null : [client],
                LocalCertificateSelectionCallback = client is null ? null : (_, _, _, _, _) => client,
            });
            await tls.WriteAsync(Encoding.ASCII.GetBytes(wire));
            using var answers = new StreamReader(tls, Encoding.ASCII);
            return await answers.ReadToEndAsync().WaitAsync(Soon);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return null;
        }
    }

    /// <summary>A ClientHello that offers one suite (RFC 5246 section 7.4.1.2), with groups and signature algorithms that fit it.</summary>
    private static byte[] Greeting(byte major, byte minor, int suite)
    {
        byte[] extensions =
        [
            0, 10, 0, 4, 0, 2, 0, 23, // supported groups: secp256r1
            0, 11, 0, 2, 1, 0, // point formats: uncompressed
            0, 13, 0, 6, 0, 4, 4, 3, 2, 3, // signature algorithms: ECDSA with SHA-256, with SHA-1
        ];
        byte[] hello =
        [
            major, minor, .. new byte[32], 0, 0, 2, (byte)(suite >> 8), (byte)suite, 1, 0,
            0, (byte)extensions.Length, .. extensions,
        ];
        byte[] handshake = [1, 0, 0, (byte)hello.Length, .. hello];
        return [22, 3, 1, 0, (byte)handshake.Length, .. handshake];
    }
}
