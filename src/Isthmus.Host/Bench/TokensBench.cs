using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;
using Isthmus.Trust.Tokens.Remote;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Host.Bench;

/// <summary>
/// How many tokens are given per second through the door, every assertion used up durably, and what a token that was seen before costs
/// at admission. The load comes from this process and shares the cores.
/// </summary>
internal static class TokensBench
{
    private const int Cached = 200_000;
    private const int Verifications = 1000;

    public static async Task<IReadOnlyList<BenchResult>> RunAsync(SiteModel site, TimeSpan lasting, CancellationToken cancellation)
    {
        await using var installation = await Installation.OpenAsync(
            ZoneNames.RolesOf(ZoneName.Api), NullLoggerFactory.Instance, cancellation, ownDatabase: "isthmus_bench_tokens");
        SiteKeys.CreateMissing(site, installation.KeyFiles);
        var listener = site.Listeners.Values.First(l => l.Kind == ListenerKind.Api) with { Port = 0, Bind = IPAddress.Loopback, Tls = null };
        var measured = site with { Listeners = new Dictionary<string, ListenerSettings>(StringComparer.Ordinal) { [listener.Name] = listener } };
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var client = await RegisterAsync(installation, measured, p384, rsa, cancellation);
        await using var zone = new ApiZone(installation.Store, installation.Keys, () => measured, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = zone.RunAsync(stop.Token);

        var load = new TokenLoad(zone.Endpoints.Values.First());
        var issuer = measured.Access!.Issuer;
        byte[][] Requests(SignatureAlgorithm algorithm, AsymmetricAlgorithm key, string id, double perSecond, TimeSpan time) =>
            TokenLoad.Sign((int)(perSecond * time.TotalSeconds), client, issuer, algorithm, key, id);

        await load.RunAsync(Requests(SignatureAlgorithm.RS384, rsa, "rsa", 4000, lasting / 4), lasting / 4, cancellation);
        var es384 = await load.RunAsync(Requests(SignatureAlgorithm.ES384, p384, "ec", 4000, lasting), lasting, cancellation);
        var rs384 = await load.RunAsync(Requests(SignatureAlgorithm.RS384, rsa, "rsa", 8000, lasting), lasting, cancellation);
        var one = await load.TokenAsync(Requests(SignatureAlgorithm.ES384, p384, "ec", 1, TimeSpan.FromSeconds(1))[0], cancellation);
        var (cached, invalid) = await ChecksAsync(installation, measured, one, client, cancellation);
        await stop.CancelAsync();
        await running;
        return
        [
            BenchResult.AtLeast("tokens, ES384 assertions", es384, "tokens/s", 2000, Math.Round(VerificationsPerSecond(p384, SignatureAlgorithm.ES384) * Environment.ProcessorCount)),
            BenchResult.AtLeast("tokens, RS384 assertions", rs384, "tokens/s", 4000, Math.Round(VerificationsPerSecond(rsa, SignatureAlgorithm.RS384) * Environment.ProcessorCount)),
            BenchResult.Info("a token known by its hash", cached, "µs CPU"),
            BenchResult.AtMost("refusing a forged token", invalid, "verifications", 1.2),
        ];
    }

    private static async Task<string> RegisterAsync(Installation installation, SiteModel site, ECDsa p384, RSA rsa, CancellationToken cancellation)
    {
        var (point, parameters) = (p384.ExportParameters(false).Q, rsa.ExportParameters(false));
        var set = JsonSerializer.SerializeToUtf8Bytes(new
        {
            keys = new object[]
            {
                new { kty = "EC", kid = "ec", crv = "P-384", x = Base64Url.EncodeToString(point.X!), y = Base64Url.EncodeToString(point.Y!) },
                new { kty = "RSA", kid = "rsa", n = Base64Url.EncodeToString(parameters.Modulus!), e = Base64Url.EncodeToString(parameters.Exponent!) },
            },
        });
        var isRead = KeySet.TryRead(set, out var keys, out _) & ScopeSet.TryParse("system/Patient.rs", out var scopes) is null;
        Debug.Assert(isRead);
        var registry = new ClientRegistry(installation.Store.For(ZoneRole.Operator), TimeProvider.System);
        var id = await registry.RegisterAsync(
            new ClientDraft
            {
                Tenant = site.Tenant.Id, Name = "Bench", Environment = site.Environment, Purpose = "Is measured.", Owner = "Nobody",
                Expires = TimeProvider.System.GetUtcNow().AddDays(1), Scopes = scopes, Credential = new ClientCredential { Keys = keys },
            },
            site.ApiContracts[0], AccessPolicy.Compile(site.AccessPolicy!), "one", cancellation);
        await registry.ApproveAsync(id, "two", "to be measured", cancellation);
        return id;
    }

    private static async Task<(double Cached, double Invalid)> ChecksAsync(Installation installation, SiteModel site, string token, string client, CancellationToken cancellation)
    {
        await using var watch = await AccessWatch.StartAsync(installation.Store.For(ZoneRole.Admission), TimeProvider.System, NullLogger.Instance, cancellation);
        using var remote = new RemoteKeySets(TimeProvider.System);
        await using var check = new AccessTokenCheck(() => site, watch, installation.Store.For(ZoneRole.Admission), remote, TimeProvider.System);
        var (signer, _) = JwsSigner.Create();
        using var thief = signer;
        var own = watch.Current.Keys[^1].Key.Id;
        var forgery = thief.Sign(
            Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"typ":"at+jwt","alg":"ES256","kid":"{{own}}"}""")),
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                iss = site.Access!.Issuer, aud = site.Access.Audience, sub = client, client_id = client, jti = "forged", scope = "system/Patient.rs",
                exp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 300,
            }));

        var good = new PresentedToken(TokenScheme.Bearer, token, null, null, "GET", "");
        await check.CheckAsync(good, cancellation);
        var before = ProcessorTime.Now;
        for (var i = 0; i < Cached; i++)
        {
            await check.CheckAsync(good, cancellation);
        }

        var cached = (ProcessorTime.Now - before).TotalMicroseconds / Cached;
        var forged = new PresentedToken(TokenScheme.Bearer, forgery, null, null, "GET", "");
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var perVerification = 1 / VerificationsPerSecond(p256, SignatureAlgorithm.ES256);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < Verifications; i++)
        {
            await check.CheckAsync(forged, cancellation);
        }

        return (cached, Stopwatch.GetElapsedTime(begun).TotalSeconds / Verifications / perVerification);
    }

    /// <summary>The machine's own limit: the platform's verification alone, on one core.</summary>
    private static double VerificationsPerSecond(AsymmetricAlgorithm key, SignatureAlgorithm algorithm)
    {
        var content = RandomNumberGenerator.GetBytes(400);
        var hash = algorithm == SignatureAlgorithm.ES256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        var signature = key is RSA r ? r.SignData(content, hash, RSASignaturePadding.Pkcs1) : ((ECDsa)key).SignData(content, hash);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < Verifications; i++)
        {
            _ = key is RSA rsa ? rsa.VerifyData(content, signature, hash, RSASignaturePadding.Pkcs1) : ((ECDsa)key).VerifyData(content, signature, hash);
        }

        return Verifications / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
