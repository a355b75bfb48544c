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
/// How many tokens are given per second through the door, every assertion used up durably, and what admission costs those who bring one,
/// good or not. The load comes from this process and shares the cores with it and with PostgreSQL.
/// </summary>
internal static class TokensBench
{
    private const int Verifications = 1000;

    /// <summary>What every request asks for, as <see cref="TokenLoad"/> writes it.</summary>
    private const string Scope = "system/Patient.rs";

    /// <summary>Signed beforehand for each second; more than the machine can use up.</summary>
    private const int SignedEs384 = 3500;
    private const int SignedRs384 = 12_000;

    private const int SignedForWarming = 12_000;

    private static readonly TimeSpan LongestWarming = TimeSpan.FromSeconds(10);

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
        var server = await ServerTime.OfAsync(installation.Store.For(ZoneRole.Operator), installation.Embedded is not null, cancellation);

        byte[][] Signed(SignatureAlgorithm algorithm, double count) => algorithm == SignatureAlgorithm.ES384
            ? TokenLoad.Sign((int)count, client, measured.Access!.Issuer, algorithm, p384, "ec")
            : TokenLoad.Sign((int)count, client, measured.Access!.Issuer, algorithm, rsa, "rsa");

        List<BenchResult> results = [];
        string token;
        await using (var zone = new ApiZone(installation.Store, installation.Keys, () => measured, null, TimeProvider.System, NullLoggerFactory.Instance))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var running = zone.RunAsync(stop.Token);
            var load = new TokenLoad(zone.Endpoints.Values.First());
            var warming = new Queue<byte[]>(Signed(SignatureAlgorithm.RS384, SignedForWarming));
            await Warming.RunAsync(
                async round => (await load.RunAsync(_ => Next(warming), round, cancellation)).Acknowledged > 0 && warming.Count > 0, LongestWarming);
            results.AddRange(await TokensAsync(load, Signed(SignatureAlgorithm.ES384, SignedEs384 * lasting.TotalSeconds), p384, SignatureAlgorithm.ES384, 2000, lasting, server, cancellation));
            results.AddRange(await TokensAsync(load, Signed(SignatureAlgorithm.RS384, SignedRs384 * lasting.TotalSeconds), rsa, SignatureAlgorithm.RS384, 4000, lasting, server, cancellation));
            token = await load.TokenAsync(Signed(SignatureAlgorithm.ES384, 1)[0], cancellation);
            await stop.CancelAsync();
            await running;
        }

        var admission = installation.Store.For(ZoneRole.Admission);
        await using var watch = await AccessWatch.StartAsync(admission, TimeProvider.System, NullLogger.Instance, cancellation);
        using var remote = new RemoteKeySets(TimeProvider.System);
        await using var check = new AccessTokenCheck(() => measured, watch, admission, remote, TimeProvider.System);
        await using var cost = new AdmissionCost(installation, measured, watch, check.CheckAsync, server);
        results.AddRange(await cost.MeasureAsync(token, lasting, cancellation));
        results.AddRange(await new RefusalCost(measured, watch, check, client).MeasureAsync(token, cancellation));
        return results;
    }

    private static byte[]? Next(Queue<byte[]> requests)
    {
        lock (requests)
        {
            return requests.TryDequeue(out var request) ? request : null;
        }
    }

    /// <summary>The machine's limit beside the rate is the platform's verification alone, on all cores.</summary>
    private static async Task<IReadOnlyList<BenchResult>> TokensAsync(
        TokenLoad load, byte[][] requests, AsymmetricAlgorithm key, SignatureAlgorithm algorithm, double bar, TimeSpan lasting, ServerTime server, CancellationToken cancellation)
    {
        var limit = VerificationsPerSecond(key, algorithm);
        var (here, there, allocated) = (ProcessorTime.Now, server.Now, GC.GetTotalAllocatedBytes());
        var given = await load.RunAsync(requests.ElementAtOrDefault, lasting, cancellation);
        var (spent, ofServer) = ((ProcessorTime.Now - here).TotalMicroseconds / given.Acknowledged, (server.Now - there).TotalMicroseconds / given.Acknowledged);
        return
        [
            BenchResult.AtLeast($"tokens, {algorithm.Name()} assertions", given.PerSecond, "tokens/s", bar, Math.Round(limit * Environment.ProcessorCount)),
            BenchResult.Info("… p99", given.Percentile(0.99), "ms"),
            BenchResult.Info("… this process, load generator included", spent, "µs CPU/token", Math.Round(1_000_000 / limit, 1)),
            BenchResult.Info("… PostgreSQL", ofServer, "µs CPU/token"),
            BenchResult.Info("… allocated, load generator included", (GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / given.Acknowledged, "KiB/token"),
        ];
    }

    /// <summary>One that allows what is asked for; a site has others, such as of feeds.</summary>
    internal static ApiContract ContractOf(SiteModel site) =>
        site.ApiContracts.FirstOrDefault(contract => contract.Scopes.Contains(Scope)) ?? site.ApiContracts[0];

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
        var isRead = KeySet.TryRead(set, out var keys, out _) & ScopeSet.TryParse(Scope, out var scopes) is null;
        Debug.Assert(isRead);
        var registry = new ClientRegistry(installation.Store.For(ZoneRole.Operator), TimeProvider.System);
        var id = await registry.RegisterAsync(
            new ClientDraft
            {
                Tenant = site.Tenant.Id, Name = "Bench", Environment = site.Environment, Purpose = "Is measured.", Owner = "Nobody",
                Expires = TimeProvider.System.GetUtcNow().AddDays(1), Scopes = scopes, Credential = new ClientCredential { Keys = keys },
            },
            ContractOf(site), AccessPolicy.Compile(site.AccessPolicy!), "one", cancellation);
        await registry.ApproveAsync(id, "two", "to be measured", cancellation);
        return id;
    }

    /// <summary>The machine's own limit: the platform's verification alone, on one core.</summary>
    private static double VerificationsPerSecond(AsymmetricAlgorithm key, SignatureAlgorithm algorithm)
    {
        var content = RandomNumberGenerator.GetBytes(400);
        var hash = algorithm == SignatureAlgorithm.ES256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        var signature = key is RSA r ? r.SignData(content, hash, RSASignaturePadding.Pkcs1) : ((ECDsa)key).SignData(content, hash);
        var begun = ProcessorTime.Now;
        for (var i = 0; i < Verifications; i++)
        {
            _ = key is RSA rsa ? rsa.VerifyData(content, signature, hash, RSASignaturePadding.Pkcs1) : ((ECDsa)key).VerifyData(content, signature, hash);
        }

        return Verifications / (ProcessorTime.Now - begun).TotalSeconds;
    }
}
