using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Simulators.Lab;
using Isthmus.Testing;

namespace Isthmus.Simulators.Tests.Lab;

public class MllpClientTests
{
    [Fact]
    public async Task A_message_gets_its_own_acknowledgement()
    {
        await using var receiver = new ScriptedReceiver();
        await using var client = await ConnectAsync(receiver);

        var answer = await client.SendAsync(Message("A1"), default);

        Assert.Equal("AA", answer.Code);
        Assert.Equal("A1", answer.ControlId);
        Assert.True(answer.IsAccepted);
        Assert.Null(answer.RuleId);
        Assert.True(answer.RoundTrip > TimeSpan.Zero);
        Assert.Equal(Message("A1").ToArray(), receiver.Messages["A1"]);
    }

    [Fact]
    public async Task A_refusal_tells_rule_and_sentence()
    {
        await using var receiver = new ScriptedReceiver((_, _) => Reaction.Error);
        await using var client = await ConnectAsync(receiver);

        var answer = await client.SendAsync(Message("A1"), default);

        Assert.Equal(("AE", "test.refused", "The script says so."), (answer.Code, answer.RuleId, answer.Text));
        Assert.False(answer.IsAccepted);
        Assert.False(answer.IsRejected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_senders_share_a_connection_and_each_gets_its_own_answer(bool isPipelined)
    {
        await using var receiver = new ScriptedReceiver();
        await using var client = await ConnectAsync(receiver, new() { IsPipelined = isPipelined });

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => client.SendAsync(Message($"M{n}"), default)));

        Assert.Equal(Enumerable.Range(0, 500).Select(n => $"M{n}"), answers.Select(answer => answer.ControlId));
    }

    [Fact]
    public async Task A_late_answer_is_never_credited_to_another_message()
    {
        await using var receiver = new ScriptedReceiver((_, _) => Reaction.AnswerAnother);
        await using var client = await ConnectAsync(receiver);

        await Assert.ThrowsAsync<IOException>(() => client.SendAsync(Message("A1"), default));

        Assert.False(client.IsUsable);
        await Assert.ThrowsAsync<IOException>(() => client.SendAsync(Message("A2"), default));
    }

    [Theory]
    [InlineData((int)Reaction.KeepAndCut)]
    [InlineData((int)Reaction.Babble)]
    public async Task Without_an_answer_every_waiting_message_fails(int reaction)
    {
        await using var receiver = new ScriptedReceiver((frame, _) => frame == 1 ? Reaction.Accept : (Reaction)reaction);
        await using var client = await ConnectAsync(receiver, new() { IsPipelined = true });

        Assert.Equal("AA", (await client.SendAsync(Message("M0"), default)).Code);
        var unanswered = new[] { client.SendAsync(Message("M1"), default), client.SendAsync(Message("M2"), default) };

        await Assert.ThrowsAsync<IOException>(() => unanswered[0]);
        await Assert.ThrowsAsync<IOException>(() => unanswered[1]);
        Assert.False(client.IsUsable);
    }

    [Fact]
    public async Task A_partner_that_stays_silent_is_given_up()
    {
        var time = new ManualTime();
        await using var receiver = new ScriptedReceiver((_, _) => Reaction.KeepAndStaySilent);
        await using var client = await MllpClient.ConnectAsync(
            "127.0.0.1", receiver.Port, new() { AnswerTimeout = TimeSpan.FromSeconds(30) }, time, default);
        var unanswered = client.SendAsync(Message("M1"), default);

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(client.IsUsable);
        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<IOException>(() => unanswered);
        Assert.False(client.IsUsable);
    }

    [Fact]
    public async Task Nobody_listening_is_told_as_such()
    {
        int port;
        await using (var receiver = new ScriptedReceiver())
        {
            port = receiver.Port;
        }

        await Assert.ThrowsAsync<IOException>(() => MllpClient.ConnectAsync("127.0.0.1", port, new(), TimeProvider.System, default));
    }

    [Fact]
    public async Task Over_TLS_the_partner_must_show_a_certificate_that_is_trusted()
    {
        using var certificate = Certificate();
        await using var receiver = new ScriptedReceiver(certificate: certificate);
        var trusting = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };

        await using var client = await ConnectAsync(receiver, new() { Tls = trusting });
        Assert.Equal("AA", (await client.SendAsync(Message("A1"), default)).Code);

        await Assert.ThrowsAsync<IOException>(() => ConnectAsync(receiver, new() { Tls = new() { TargetHost = "localhost" } }));
    }

    private static Task<MllpClient> ConnectAsync(ScriptedReceiver receiver, MllpOptions? options = null) =>
        MllpClient.ConnectAsync("127.0.0.1", receiver.Port, options ?? new(), TimeProvider.System, default);

    private static ReadOnlyMemory<byte> Message(string controlId) =>
        Encoding.UTF8.GetBytes(@"MSH|^~\&|LAB|NORTH|ISTHMUS|EAST|20260102030405||ORU^R01^ORU_R01|" + controlId + "|P|2.5.1\rPID|1||4711\r");

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
