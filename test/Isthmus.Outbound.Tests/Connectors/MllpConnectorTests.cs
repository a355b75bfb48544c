using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Exchange.Packs;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Connectors.Mllp;
using Isthmus.Outbound.Resilience;
using Isthmus.Testing;
using Isthmus.Trust.Keys;

namespace Isthmus.Outbound.Tests.Connectors;

public sealed class MllpConnectorTests : IAsyncLifetime
{
    private readonly KeyFolder keys = new(Scratch.NewFolder("mllp").FullName);
    private Receiving ward = null!;

    public async Task InitializeAsync() => ward = await Receiving.StartAsync();

    public async Task DisposeAsync()
    {
        await ward.DisposeAsync();
        Directory.Delete(keys.Place, recursive: true);
    }

    [Fact]
    public async Task Messages_go_one_after_another_over_one_connection_under_the_deliveries_control_ids()
    {
        using var connector = Open(ward.Settings());

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(DeliveryResult.Delivered(0), await SendAsync(connector, $"{i}-63fa2c", $"F{i}"));
        }

        Assert.Equal(1, ward.Simulator.Connections);
        var received = await ward.ReceivedAsync();
        Assert.Equal(["0-520", "1-520", "2-520", "3-520", "4-520"], received.Select(message => message.Split('|')[9]));
        Assert.All(received, message => Assert.Equal("2.5.1\rPID", message.Split('|')[11]));
    }

    [Fact]
    public async Task The_same_delivery_sent_again_has_the_same_control_id_and_no_second_effect()
    {
        using var connector = Open(ward.Settings());

        Assert.Null((await SendAsync(connector, "7-63fa2c", "F7")).Failure);
        Assert.Null((await SendAsync(connector, "7-63fa2c", "F7")).Failure);

        Assert.Equal((1, 0), await ward.CountsAsync());
    }

    [Theory]
    [InlineData(MllpAcknowledgement.Commit, "2.5.1|||AL|NE")]
    [InlineData(MllpAcknowledgement.CommitThenApplication, "2.5.1|||AL|AL")]
    public async Task In_enhanced_mode_the_answers_that_are_asked_for_are_awaited(MllpAcknowledgement mode, string header)
    {
        using var connector = Open(ward.Settings(mode));

        Assert.Null((await SendAsync(connector, "1-1", "F1")).Failure);
        Assert.Null((await SendAsync(connector, "2-1", "F2")).Failure);

        Assert.Equal(1, ward.Simulator.Connections);
        Assert.All(await ward.ReceivedAsync(), message => Assert.Contains(header + "\r", message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AE", null, FailureClass.BusinessRule)]
    [InlineData("CE", 101, FailureClass.BusinessRule)]
    [InlineData("AE", 207, FailureClass.Application)]
    [InlineData("AE", 206, FailureClass.Application)]
    [InlineData("AR", null, FailureClass.Application)]
    [InlineData("CR", 207, FailureClass.Application)]
    [InlineData("AR", 200, FailureClass.BusinessRule)]
    [InlineData("CR", 203, FailureClass.BusinessRule)]
    public async Task A_refusal_has_its_class_and_the_connection_lives_on(string code, int? error, object failure)
    {
        using var connector = Open(ward.Settings());
        await ward.OrderFaultAsync(new { kind = code, count = 1, error });

        var refused = await SendAsync(connector, "1-1", "F1");
        var next = await SendAsync(connector, "2-1", "F2");

        Assert.Equal(DeliveryResult.Failed((FailureClass)failure, error ?? 0), refused);
        Assert.Null(next.Failure);
        Assert.Equal(1, ward.Simulator.Connections);
    }

    [Theory]
    [InlineData("timeout-after-effect")]
    [InlineData("other-control-id")]
    [InlineData("no-control-id")]
    [InlineData("cut-answer")]
    [InlineData("answer-garbage")]
    [InlineData("drop")]
    public async Task Without_an_answer_to_this_very_message_an_attempt_is_ambiguous_and_its_connection_is_dropped(string kind)
    {
        using var connector = Open(ward.Settings(timeoutMs: 2000));
        Assert.Null((await SendAsync(connector, "1-1", "F1")).Failure);
        await ward.OrderFaultAsync(new { kind, count = 1, milliseconds = 5 });

        var lost = await SendAsync(connector, "2-1", "F2");
        var next = await SendAsync(connector, "3-1", "F3");

        Assert.Equal(FailureClass.Ambiguous, lost.Failure);
        Assert.Null(next.Failure);
        Assert.Equal(2, ward.Simulator.Connections);
    }

    [Fact]
    public async Task A_late_answer_is_never_credited_to_the_next_message()
    {
        using var connector = Open(ward.Settings(timeoutMs: 1000));
        await ward.OrderFaultAsync(new { kind = "late-answer", count = 1, milliseconds = 1600 });
        await ward.OrderFaultAsync(new { kind = "AE", count = 1 });

        var late = await SendAsync(connector, "1-1", "F1");
        var refused = await SendAsync(connector, "2-1", "F2");

        Assert.Equal(FailureClass.Ambiguous, late.Failure);
        Assert.Equal(FailureClass.BusinessRule, refused.Failure);
        Assert.Equal((1, 0), await ward.CountsAsync());
    }

    [Fact]
    public async Task A_second_answer_to_the_same_message_is_credited_to_nobody()
    {
        using var connector = Open(ward.Settings());
        await ward.OrderFaultAsync(new { kind = "answer-twice", count = 1 });
        await ward.OrderFaultAsync(new { kind = "AR", count = 1, error = 200 });

        Assert.Null((await SendAsync(connector, "1-1", "F1")).Failure);
        await Eventually.Within(TimeSpan.FromSeconds(5), "the second answer is here", async () => (await ward.CountsAsync()).Transactions == 1);

        Assert.Equal(FailureClass.BusinessRule, (await SendAsync(connector, "2-1", "F2")).Failure);
    }

    [Fact]
    public async Task A_receiver_that_closed_an_idle_connection_costs_nothing()
    {
        using var connector = Open(ward.Settings());
        Assert.Null((await SendAsync(connector, "1-1", "F1")).Failure);
        var port = ward.Simulator.MllpPort;
        await ward.DisposeAsync();
        Assert.Equal(FailureClass.Transport, (await SendAsync(connector, "2-1", "F2")).Failure);
        ward = await Receiving.StartAsync();
        using var again = Open(ward.Settings());

        Assert.Null((await SendAsync(again, "2-1", "F2")).Failure);
        Assert.NotEqual(0, port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PID|1")]
    [InlineData("MSH|^~\\&|A\rOBX|1|TX|||\u001C\rMSH|^~\\&|B")]
    [InlineData("MSH|^~\\&|A\rOBX|1|TX|||\u000B")]
    public async Task What_is_no_message_or_would_break_the_frame_is_not_sent(string message)
    {
        using var connector = Open(ward.Settings());
        var payload = new DeliveryPayload("1-1", [new PackedResource(DeliverySeal.MessageType, "m", Encoding.UTF8.GetBytes(message))]);

        Assert.Equal(FailureClass.BusinessRule, (await connector.SendAsync(payload, CancellationToken.None)).Failure);
        Assert.Equal(0, ward.Simulator.Connections);
    }

    [Fact]
    public async Task A_payload_without_a_message_is_not_sent()
    {
        using var connector = Open(ward.Settings());
        var payload = new DeliveryPayload("1-1", [new PackedResource("Patient", "p", "{}"u8.ToArray())]);

        Assert.Equal(FailureClass.BusinessRule, (await connector.SendAsync(payload, CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task Cancellation_is_no_verdict()
    {
        using var connector = Open(ward.Settings());
        await ward.OrderFaultAsync(new { kind = "late-answer", milliseconds = 60_000 });
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connector.SendAsync(Payload("1-1", "F1"), cancel.Token));
    }

    [Fact]
    public async Task Under_TLS_both_sides_prove_themselves_and_nobody_else_is_spoken_to()
    {
        using var authority = new TestAuthority();
        await using var secure = await Receiving.StartAsync(tls: authority.Server());
        authority.Write(keys.Place, "isthmus");
        await File.WriteAllTextAsync(Path.Combine(keys.Place, "ward-ca.pem"), authority.Certificate.ExportCertificatePem());
        using var stranger = new TestAuthority();
        await File.WriteAllTextAsync(Path.Combine(keys.Place, "other-ca.pem"), stranger.Certificate.ExportCertificatePem());
        var settings = secure.Settings() with
        {
            BaseUrl = new Uri($"mllps://localhost:{secure.Simulator.MllpPort}"),
            Authentication = DestinationAuthentication.MutualTls,
            Key = "isthmus",
            Mllp = new MllpTerms(MllpAcknowledgement.Original, true, "ward-ca.pem"),
        };

        using (var ours = Open(settings))
        {
            Assert.Null((await SendAsync(ours, "1-1", "F1")).Failure);
            Assert.Null((await SendAsync(ours, "2-1", "F2")).Failure);
        }

        using var distrustful = Open(settings with { Mllp = settings.Mllp! with { Authorities = "other-ca.pem" } });
        using var keyless = Open(settings with { Key = "missing" });
        using var anonymous = Open(settings with { Authentication = DestinationAuthentication.Network, Key = null });
        Assert.Equal(FailureClass.Unauthorised, (await SendAsync(distrustful, "3-1", "F3")).Failure);
        Assert.Equal(FailureClass.Unauthorised, (await SendAsync(keyless, "3-1", "F3")).Failure);
        Assert.NotNull((await SendAsync(anonymous, "3-1", "F3")).Failure);
        Assert.Equal((2, 0), await secure.CountsAsync());
    }

    [Theory]
    [InlineData("12345-63fa2c1b2d3e4", 20)]
    [InlineData("99999999999-6a0b1c2d3e4f5", 20)]
    public void A_control_id_has_no_more_than_twenty_characters_and_leads_back_to_the_delivery(string key, int most)
    {
        var id = OutgoingControlId.Of(key);

        Assert.True(id.Length <= most, id);
        Assert.StartsWith(key.Split('-')[0] + "-", id, StringComparison.Ordinal);
    }

    private MllpConnector Open(DestinationSettings settings) => new MllpConnector(settings, keys, TimeProvider.System);

    private static Task<DeliveryResult> SendAsync(MllpConnector connector, string key, string order) =>
        connector.SendAsync(Payload(key, order), CancellationToken.None);

    private static DeliveryPayload Payload(string key, string order) => new(key,
        [Receiving.Message(order), new PackedResource("Observation", order, """{"resourceType":"Observation"}"""u8.ToArray())]);

    /// <summary>An authority of the test's own.</summary>
    private sealed class TestAuthority : IDisposable
    {
        private readonly DateTimeOffset from = TimeProvider.System.GetUtcNow().AddDays(-1);
        private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public TestAuthority()
        {
            var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            Certificate = request.CreateSelfSigned(from, from.AddDays(30));
        }

        public X509Certificate2 Certificate { get; }

        public SslServerAuthenticationOptions Server()
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(Certificate);
            return new SslServerAuthenticationOptions
            {
                ServerCertificate = Issue("1.3.6.1.5.5.7.3.1"),
                ClientCertificateRequired = true,
                CertificateChainPolicy = policy,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            };
        }

        public void Write(string folder, string name)
        {
            using var client = Issue("1.3.6.1.5.5.7.3.2");
            using var pair = client.GetECDsaPrivateKey()!;
            File.WriteAllText(Path.Combine(folder, name + ".pem"), client.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, name + ".key"), pair.ExportPkcs8PrivateKeyPem());
        }

        public void Dispose()
        {
            Certificate.Dispose();
            key.Dispose();
        }

        private X509Certificate2 Issue(string usage)
        {
            using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", own, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var issued = request.Create(Certificate, from, from.AddDays(20), RandomNumberGenerator.GetBytes(8));
            using var whole = issued.CopyWithPrivateKey(own);
            return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }
    }
}
