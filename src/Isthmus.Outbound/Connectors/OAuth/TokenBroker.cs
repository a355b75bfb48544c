using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Connectors.OAuth;

/// <summary>
/// The access token of one destination (RFC 6749 section 4.4). One request at a time fetches it for all; while it is in use it is
/// renewed in the background before it ends, and a renewal that fails is told while the old token is still good; the partner's clock
/// is learnt from its answers. The credential is read at each renewal, so a new key needs no restart.
/// </summary>
/// <param name="told">Told each failure of a renewal and of a first request in a row, and, by null, that it goes again.</param>
internal sealed class TokenBroker(
    DestinationSettings destination, Credential credential, HttpMessageInvoker http, OutboundMeter meter, TokenWatch told, TimeProvider time) : IDisposable
{
    /// <summary>Renewal begins when this share of a token's life has passed.</summary>
    private const double RenewAfter = 0.75;

    /// <summary>A token is not used in its last moments: it may expire on the way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Clocks closer together than this are taken as one.</summary>
    private static readonly TimeSpan SmallSkew = TimeSpan.FromSeconds(20);

    /// <summary>Where the partner does not say how long a token lives (RFC 6749 section 5.1 only recommends that it does).</summary>
    private static readonly TimeSpan AssumedLife = TimeSpan.FromMinutes(5);

    /// <summary>Between renewals that fail: twice as long each time, from the first to the second.</summary>
    private static readonly (TimeSpan First, TimeSpan Longest) Pause = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>
    /// An answer has a few thousand bytes. They are counted as they come out of their compression, and no more are unfolded than that.
    /// </summary>
    internal const int MostAnswerBytes = 64 * 1024;

    private readonly Lock gate = new();
    private volatile Token? current;
    private Task<TokenAnswer>? asking;
    private ITimer? renewal;
    private TimeSpan skew;
    private int failures;
    private bool isClosed;

    /// <summary>A token to use now, or why there is none.</summary>
    public ValueTask<TokenAnswer> GetAsync(CancellationToken cancellation)
    {
        var token = current;
        if (token is null || time.GetElapsedTime(token.ObtainedAt) >= token.UsableFor)
        {
            return new ValueTask<TokenAnswer>(ReplaceAsync(token, cancellation));
        }

        token.IsUsed = true;
        return ValueTask.FromResult(new TokenAnswer(token.Value, default));
    }

    /// <summary>Another token than the one the partner has just refused.</summary>
    public Task<TokenAnswer> ReplaceAsync(AuthenticationHeaderValue refused, CancellationToken cancellation) =>
        ReplaceAsync(current is { } token && token.Value.Equals(refused) ? token : null, cancellation);

    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            renewal?.Dispose();
        }
    }

    /// <summary>Asks for a token unless somebody else has replaced <paramref name="old"/> meanwhile; all who wait share one answer.</summary>
    private Task<TokenAnswer> ReplaceAsync(Token? old, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (current is { } fresher && fresher != old)
            {
                fresher.IsUsed = true;
                return Task.FromResult(new TokenAnswer(fresher.Value, default));
            }

            asking = asking is { IsCompleted: false } ? asking : Task.Run(AskAndTellAsync, CancellationToken.None);
            return asking.WaitAsync(cancellation);
        }
    }

    private async Task<TokenAnswer> AskAndTellAsync()
    {
        var answer = await AskAsync();
        meter.TokenAsked(destination.Name, answer.Failure);
        if (answer.Failure.Failure is { } failure)
        {
            failures++;
            told(destination.Name, failure, failures);
            Schedule(TimeSpan.FromTicks((long)Math.Min(Pause.First.Ticks * Math.Pow(2, failures - 1), Pause.Longest.Ticks)));
        }
        else
        {
            if (failures > 0)
            {
                told(destination.Name, null, failures);
            }

            failures = 0;
            Schedule(current!.RenewAfter);
        }

        return answer;
    }

    private void Schedule(TimeSpan after)
    {
        lock (gate)
        {
            if (!isClosed)
            {
                renewal?.Dispose();
                renewal = time.CreateTimer(static broker => ((TokenBroker)broker!).Renew(), this, after, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>A token that nobody has used is let go; the next delivery asks for another.</summary>
    private void Renew()
    {
        if (current is { IsUsed: true } token)
        {
            _ = ReplaceAsync(token, CancellationToken.None);
        }
    }

    private async Task<TokenAnswer> AskAsync()
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

        using var patience = new CancellationTokenSource(destination.Timeout, time);
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
        catch (Exception thrown) when (thrown is HttpRequestException or JsonException or IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
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
        var room = new byte[MostAnswerBytes + 1];
        var length = await body.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellation);
        if (length > MostAnswerBytes)
        {
            return new TokenAnswer(null, DeliveryResult.Failed(FailureClass.Unauthorised, (int)answer.StatusCode));
        }

        using var json = JsonDocument.Parse(room.AsMemory(0, length));
        if (json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty("access_token", out var value)
            || value.ValueKind != JsonValueKind.String
            || value.GetString() is not { Length: > 0 } text)
        {
            return new TokenAnswer(null, DeliveryResult.Failed(FailureClass.Unauthorised, (int)answer.StatusCode));
        }

        var life = json.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt32(out var number)
            ? TimeSpan.FromSeconds(number)
            : AssumedLife;
        current = new Token(new AuthenticationHeaderValue("Bearer", text), asked, life * RenewAfter, life - Margin);
        return new TokenAnswer(current.Value, default);
    }

    private sealed record Token(AuthenticationHeaderValue Value, long ObtainedAt, TimeSpan RenewAfter, TimeSpan UsableFor)
    {
        public bool IsUsed { get; set; }

        public override string ToString() => "[token]";
    }
}

/// <param name="failing">Why no token could be had; null when one was had again.</param>
/// <param name="times">How often in a row that was so.</param>
internal delegate void TokenWatch(string destination, FailureClass? failing, int times);

/// <summary>A token, or the failure that stands in its place.</summary>
internal readonly record struct TokenAnswer(AuthenticationHeaderValue? Value, DeliveryResult Failure)
{
    public override string ToString() => Value is null ? "[no token]" : "[token]";
}
