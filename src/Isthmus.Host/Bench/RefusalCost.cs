using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Host.Bench;

/// <summary>
/// What it costs to refuse tokens: one that is forged under the id of a key of ours, and one under an id that nobody has. Verifications
/// are counted where they are made, and the time is put beside that of the platform's verification alone.
/// </summary>
internal sealed class RefusalCost(SiteModel site, AccessWatch watch, AccessTokenCheck check, string client)
{
    private const int Known = 100_000;
    private const int Strange = 20_000;
    private const int Forged = 2000;
    private const int Rounds = 5;

    public async Task<IReadOnlyList<BenchResult>> MeasureAsync(string good, CancellationToken cancellation)
    {
        var key = watch.Current.Keys[^1].Key;
        var (signer, _) = JwsSigner.Create();
        using var thief = signer;
        var (forged, strange) = (Token(thief, key.Id), Token(thief, thief.PublicKey.Id));
        var verification = Microseconds(Verification());
        var known = await CheckAsync(good, Known, cancellation);
        var (before, forgedTime) = (key.Verifier.Verified, await CheckAsync(forged, Forged, cancellation));
        var forgedCount = (key.Verifier.Verified - before) / (double)(Forged * Rounds);
        before = watch.Current.Keys.Sum(k => k.Key.Verifier.Verified);
        var strangeTime = await CheckAsync(strange, Strange, cancellation);
        var strangeCount = watch.Current.Keys.Sum(k => k.Key.Verifier.Verified) - before;
        return
        [
            BenchResult.Info("a token known by its hash", known, "µs CPU", Math.Round(verification, 1)),
            BenchResult.AtMost("a forged token refused, verifications made", forgedCount, "verifications", 1.2),
            BenchResult.AtMost("… its time in verifications", forgedTime / verification, "verifications", 1.2, 1),
            BenchResult.AtMost("an unknown key id refused, verifications made", strangeCount, "verifications", 0),
            BenchResult.Info("… its time", strangeTime, "µs CPU", Math.Round(verification, 1)),
        ];
    }

    private string Token(JwsSigner thief, string keyId) => thief.Sign(
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"typ":"at+jwt","alg":"ES256","kid":"{{keyId}}"}""")),
        JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = site.Access!.Issuer, aud = site.Access.Audience, sub = client, client_id = client, jti = "forged", scope = "system/Patient.rs",
            exp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 300,
        }));

    /// <summary>The cheapest of some rounds, of which the first warms up.</summary>
    private async Task<double> CheckAsync(string token, int times, CancellationToken cancellation)
    {
        var (presented, least) = (new PresentedToken(TokenScheme.Bearer, token, null, null, "GET", ""), double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var before = ProcessorTime.Now;
            for (var i = 0; i < times; i++)
            {
                await check.CheckAsync(presented, cancellation);
            }

            least = Math.Min(least, (ProcessorTime.Now - before).TotalMicroseconds / times);
        }

        return least;
    }

    private static Action Verification()
    {
        var platform = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var content = RandomNumberGenerator.GetBytes(400);
        var signature = platform.SignData(content, HashAlgorithmName.SHA256);
        return () => platform.VerifyData(content, signature, HashAlgorithmName.SHA256);
    }

    private static double Microseconds(Action once)
    {
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = ProcessorTime.Now;
            for (var i = 0; i < Forged; i++)
            {
                once();
            }

            least = Math.Min(least, (ProcessorTime.Now - before).TotalMicroseconds / Forged);
        }

        return least;
    }
}
