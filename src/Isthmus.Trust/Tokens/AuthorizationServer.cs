using System.Net;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Conduct;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens.Jose;
using Isthmus.Trust.Tokens.Remote;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// The authorization server of a site, as a whole: it gives tokens to machines that prove who they are, tells what it gave, and takes it
/// back. docs/protocols/oauth.md is its description for those who call it.
/// </summary>
public sealed partial class AuthorizationServer : IAsyncDisposable
{
    /// <summary>Whoever holds this may ask about any token (SMART token introspection).</summary>
    public const string IntrospectScope = "token:introspect";

    /// <summary>Whoever holds this may propose clients.</summary>
    public const string RegisterScope = "client:register";

    private static readonly TimeSpan HousekeepingPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IssuedKept = TimeSpan.FromDays(7);
    private const int MostForgotten = 50_000;
    private const int HousekeepingSeconds = 60;

    private readonly Func<SiteModel> site;
    private readonly AccessWatch watch;
    private readonly NpgsqlDataSource source;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly TokenMeter meter = new();
    private readonly IssueLedger ledger;
    private readonly SingleUse proofs;
    private readonly ClientAuthentication clients;
    private readonly TokenEndpoint endpoint;
    private readonly ConductTally conduct;

    private AuthorizationServer(
        Func<SiteModel> site, AccessWatch watch, NpgsqlDataSource source, KeySource keys, RemoteKeySets remote, AccessTokenCheck check, ConductTally conduct,
        TimeProvider time, ILogger logger)
    {
        this.conduct = conduct;
        this.site = site;
        this.watch = watch;
        this.source = source;
        this.time = time;
        this.logger = logger;
        Check = check;
        Keys = new SigningKeys(source, keys);
        ledger = new IssueLedger(source, time);
        proofs = new SingleUse(source, time);
        clients = new ClientAuthentication(remote);
        endpoint = new TokenEndpoint(site, watch, clients, Keys, ledger, proofs, time);
    }

    public SigningKeys Keys { get; }

    public AccessTokenCheck Check { get; }

    private AccessSettings Settings => site().Access!;

    /// <summary>Opens it, with a first signing key where there is none.</summary>
    /// <param name="site">The site in force, which has <see cref="SiteModel.Access"/>.</param>
    /// <param name="source">The login of the authorization server.</param>
    /// <param name="conduct">Told who was given a token, and who was not and why.</param>
    public static async Task<AuthorizationServer> OpenAsync(
        Func<SiteModel> site, AccessWatch watch, NpgsqlDataSource source, KeySource keys, RemoteKeySets remote, AccessTokenCheck check,
        ConductTally conduct, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var server = new AuthorizationServer(site, watch, source, keys, remote, check, conduct, time, logger);
        await server.Keys.EnsureAsync(site().Tenant.Id, time.GetUtcNow(), cancellation);
        await watch.ConfirmAsync(cancellation);
        return server;
    }

    public async Task<TokenAnswer> TokenAsync(TokenRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await endpoint.AnswerAsync(request, cancellation);
        if (answer.Refusal is { } refusal)
        {
            meter.Refused(refusal.Cause.Id);
            LogRefused(logger, refusal.Cause.Id);
            conduct.Failed(RefusedConduct.Of(refusal.Cause), answer.By.Client, request.From, answer.By.Tried);
        }
        else
        {
            meter.Issued();
            conduct.Issued(answer.By.Client!, answer.Token!.Scope, Settings.TokenLifetime);
        }

        return answer;
    }

    /// <summary>The public keys of those who verify our tokens, as JSON.</summary>
    public KeySet PublishedKeys() => watch.Current.PublishedAt(time.GetUtcNow());

    /// <summary>
    /// Tells about a token (RFC 7662) to whoever may know: a client about its own, and holders of <see cref="IntrospectScope"/> about
    /// anybody's. What is not good, or not theirs to know, is not active, and nothing more is said.
    /// </summary>
    public async Task<Caller?> IntrospectAsync(Caller asking, string token, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(asking);
        var caller = (await Check.BelieveAsync(token, cancellation)).Caller;
        return caller is not null && (caller.Client == asking.Client || asking.Scopes.Words.Contains(IntrospectScope)) ? caller : null;
    }

    /// <summary>The same for a client that proves itself as it does for a token, instead of coming with one (RFC 7662 section 2.1 has both).</summary>
    /// <returns>What may be told, null when nothing; or why nobody was recognised.</returns>
    public async Task<(Caller? Told, OAuthRefusal? Refusal)> IntrospectAsync(TokenRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var (client, token, refusal) = await RecogniseAsync(request, cancellation);
            var caller = client is null ? null : (await Check.BelieveAsync(token, cancellation)).Caller;
            return (caller is not null && (caller.Client == client!.Id || client.Scopes.Words.Contains(IntrospectScope)) ? caller : null, refusal);
        }
        catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
        {
            return (null, Unavailable(e is TimeoutException ? TokenRules.StateUnconfirmed : TokenRules.StoreUnavailable));
        }
    }

    /// <summary>Takes a token of the client's own back (RFC 7009). What is no token, or nobody's, is no fault.</summary>
    /// <returns>Null when done, also when there was nothing to do.</returns>
    public async Task<OAuthRefusal?> RevokeAsync(TokenRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var (client, token, refusal) = await RecogniseAsync(request, cancellation);
            if (client is not null && (await Check.BelieveAsync(token, cancellation)).Caller is { } caller && caller.Client == client.Id)
            {
                await RevokeAsync(site().Tenant.Id, caller, client.Id, cancellation);
            }

            return refusal;
        }
        catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
        {
            return Unavailable(e is TimeoutException ? TokenRules.StateUnconfirmed : TokenRules.StoreUnavailable);
        }
    }

    /// <summary>Proposes a client on behalf of another one, which the ledger records as who did.</summary>
    /// <exception cref="RefusalException">It may not be registered so.</exception>
    public Task<string> RegisterAsync(ClientDraft draft, ApiContract contract, Caller asking, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(asking);
        var policy = site().AccessPolicy is { } terms ? AccessPolicy.Compile(terms) : null;
        return new ClientRegistry(source, time).RegisterAsync(draft, contract, policy, asking.Client, cancellation);
    }

    /// <summary>Whoever came with an access token to one of the endpoints was refused.</summary>
    /// <param name="holder">Whose token it was; null when nobody's.</param>
    public void Refused(Refusal refusal, string? holder, IPAddress? from) => conduct.Failed(RefusedConduct.Of(refusal), holder, from);

    /// <summary>Forgets what is past its time, until cancelled.</summary>
    public async Task RunAsync(CancellationToken draining)
    {
        using var timer = new PeriodicTimer(HousekeepingPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(draining))
            {
                await KeepHouseAsync(draining);
            }
        }
        catch (OperationCanceledException)
        {
            // Draining.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ledger.DisposeAsync();
        await proofs.DisposeAsync();
        Keys.Dispose();
        meter.Dispose();
    }

    /// <summary>Who asks about which token; an assertion that proves it is used up like one that gets a token.</summary>
    private async Task<(Client? Client, string Token, OAuthRefusal? Refusal)> RecogniseAsync(TokenRequest request, CancellationToken cancellation)
    {
        if (!watch.IsConfirmed)
        {
            return (null, string.Empty, Unavailable(TokenRules.StateUnconfirmed));
        }

        if (request.Form is not { } form || form["token"] is not { } token)
        {
            return (null, string.Empty, new OAuthRefusal(400, "invalid_request", TokenRules.FormUnreadable, TokenRules.FormUnreadable));
        }

        var asking = await clients.RecogniseAsync(
            form, request.Certificate, Settings.Endpoint(TokenEndpoint.Path), site(), watch.Current, time.GetUtcNow(), cancellation);
        var cause = asking.Client is not null && asking.Use is { } use && !await watch.WhileConfirmedAsync(proofs.UseAsync(use.Once(Settings), cancellation))
            ? TokenRules.Replayed
            : asking.Cause;
        if (cause is null)
        {
            return (asking.Client, token, null);
        }

        conduct.Failed(RefusedConduct.Of(cause), asking.By.Client, request.From, asking.By.Tried);
        return (null, token, TokenEndpoint.NotAuthenticated(cause));
    }

    private static OAuthRefusal Unavailable(Refusal refusal) => new(503, "temporarily_unavailable", refusal, refusal);

    private async Task RevokeAsync(short tenant, Caller token, string by, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT tokens.revoke($1, $2, $3, $4, $5)");
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(token.Token);
        command.Parameters.AddWithValue(token.Expires.UtcDateTime);
        command.Parameters.AddWithValue(token.Client);
        command.Parameters.AddWithValue(by);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task KeepHouseAsync(CancellationToken cancellation)
    {
        try
        {
            await using var command = source.CreateCommand("SELECT tokens.forget($1, $2)");
            command.CommandTimeout = HousekeepingSeconds;
            command.Parameters.AddWithValue(IssuedKept);
            command.Parameters.AddWithValue(MostForgotten);
            await command.ExecuteScalarAsync(cancellation);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            LogStoreUnavailable(logger, StoreFailure.StateOf(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A token was refused: {Rule}")]
    private static partial void LogRefused(ILogger logger, string rule);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is past its time could not be forgotten ({SqlState}); trying again")]
    private static partial void LogStoreUnavailable(ILogger logger, string sqlState);
}
