using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Connectors.OAuth;

/// <summary>
/// The access token of one destination (RFC 6749 section 4.4). One request at a time fetches it for all; it is renewed in the background
/// while the old one is still good; the partner's clock is learnt from its answers. The key file is read at each renewal, so a
/// new key needs no restart.
/// </summary>
internal sealed class TokenSource(
    DestinationSettings destination, Credential credential, HttpMessageInvoker http, OutboundMeter meter, TimeProvider time) : IDisposable
{
    /// <summary>Renewal begins when this share of a token's life has passed.</summary>
    private const double RenewAfter = 0.75;

    /// <summary>A token is not used in its last moments: it may expire on the way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Clocks closer together than this are taken as one.</summary>
    private static readonly TimeSpan SmallSkew = TimeSpan.FromSeconds(20);

    /// <summary>Where the partner does not say how long a token lives (RFC 6749 section 5.1 only recommends that it does).</summary>
    private static readonly TimeSpan AssumedLife = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile Token? current;
    private Task renewal = Task.CompletedTask;
    private TimeSpan skew;

    /// <summary>A token to use now, or why there is none.</summary>
    public ValueTask<TokenAnswer> GetAsync(CancellationToken cancellation)
    {
        var token = current;
        if (token is null || time.GetElapsedTime(token.ObtainedAt) >= token.UsableFor)
        {
            return new ValueTask<TokenAnswer>(FetchAsync(token, cancellation));
        }

        if (time.GetElapsedTime(token.ObtainedAt) >= token.RenewAfter && renewal.IsCompleted)
        {
            renewal = FetchAsync(token, CancellationToken.None);
        }

        return ValueTask.FromResult(new TokenAnswer(token.Value, default));
    }

    /// <summary>Another token than the one the partner has just refused.</summary>
    public Task<TokenAnswer> ReplaceAsync(AuthenticationHeaderValue refused, CancellationToken cancellation) =>
        FetchAsync(current is { } token && token.Value.Equals(refused) ? token : null, cancellation);

    public void Dispose() => gate.Dispose();

    /// <summary>Fetches a token unless somebody else has replaced <paramref name="old"/> meanwhile.</summary>
    private async Task<TokenAnswer> FetchAsync(Token? old, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (current is { } fresher && fresher != old)
            {
                return new TokenAnswer(fresher.Value, default);
            }

            var answer = await AskAsync(cancellation);
            meter.TokenAsked(destination.Name, answer.Failure);
            return answer;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<TokenAnswer> AskAsync(CancellationToken cancellation)
    {
        string secret;
        try
        {
            secret = credential.Read();
        }
        catch (Exception missing) when (Credential.IsToBlame(missing))
        {
            return new TokenAnswer(null, DeliveryResult.Failed(FailureClass.Unauthorised));
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(destination.Timeout);
        try
        {
            using var answer = await PostAsync(secret, patience.Token);
            if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized && LearnSkew(answer))
            {
                using var again = await PostAsync(secret, patience.Token);
                return await ReadAsync(again, patience.Token);
            }

            return await ReadAsync(answer, patience.Token);
        }
        catch (Exception thrown) when (thrown is HttpRequestException or JsonException or IOException
            || (thrown is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Asking for a token has no effect at the partner, so whatever went wrong is of the way to it.
            return new TokenAnswer(null, DeliveryResult.Failed(FailureClass.Transport));
        }
        catch (Exception malformed) when (Credential.IsToBlame(malformed))
        {
            return new TokenAnswer(null, DeliveryResult.Failed(FailureClass.Unauthorised));
        }
    }

    private Task<HttpResponseMessage> PostAsync(string secret, CancellationToken cancellation)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };
        if (destination.Authentication == DestinationAuthentication.PrivateKeyJwt)
        {
            form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form["client_assertion"] = ClientAssertion.Sign(secret, destination.ClientId!, destination.TokenUrl!, time.GetUtcNow() + skew);
        }
        else
        {
            form["client_id"] = destination.ClientId!;
            form["client_secret"] = secret;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, destination.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return http.SendAsync(request, cancellation);
    }

    /// <summary>True if the partner's clock differs so much from what we thought that this may be why it refused.</summary>
    private bool LearnSkew(HttpResponseMessage answer)
    {
        if (answer.Headers.Date is not { } theirs)
        {
            return false;
        }

        var learnt = theirs - time.GetUtcNow();
        var differs = (learnt - skew).Duration() > SmallSkew;
        skew = learnt.Duration() > SmallSkew ? learnt : TimeSpan.Zero;
        return differs;
    }

    private async Task<TokenAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var verdict = HttpVerdict.Of(answer, time);
            return new TokenAnswer(null, verdict.Failure is FailureClass.BusinessRule
                ? verdict with { Failure = FailureClass.Unauthorised }
                : verdict);
        }

        var asked = time.GetTimestamp();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        using var json = await JsonDocument.ParseAsync(body, default, cancellation);
        if (!json.RootElement.TryGetProperty("access_token", out var value) || value.GetString() is not { Length: > 0 } text)
        {
            return new TokenAnswer(null, DeliveryResult.Failed(FailureClass.Unauthorised, (int)answer.StatusCode));
        }

        var life = json.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var number)
            ? TimeSpan.FromSeconds(number)
            : AssumedLife;
        current = new Token(new AuthenticationHeaderValue("Bearer", text), asked, life * RenewAfter, life - Margin);
        return new TokenAnswer(current.Value, default);
    }

    private sealed record Token(AuthenticationHeaderValue Value, long ObtainedAt, TimeSpan RenewAfter, TimeSpan UsableFor)
    {
        public override string ToString() => "[token]";
    }
}

/// <summary>A token, or the failure that stands in its place.</summary>
internal readonly record struct TokenAnswer(AuthenticationHeaderValue? Value, DeliveryResult Failure)
{
    public override string ToString() => Value is null ? "[no token]" : "[token]";
}
