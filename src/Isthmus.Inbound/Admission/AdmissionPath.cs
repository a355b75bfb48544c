using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Listeners;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Conduct;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.Quotas;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// The way of every request of a third party, as one list: the cheapest refusal first, and nothing is done for a request that a step
/// refuses. How many connections there may be, and how each is framed, was decided before (<see cref="Listeners.Http.FrontDoor"/>).
/// </summary>
public sealed partial class AdmissionPath : IAsyncDisposable
{
    /// <summary>The secret under which answers are kept for repeats; all nodes of a site share it.</summary>
    public const string AnswersKeyFile = "answers.key";

    /// <summary>An answer is held whole up to here until it is on record; a larger one streams once it is.</summary>
    private const int MostHeld = 64 * 1024;

    private static readonly TimeSpan HousekeepingPeriod = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<AdmissionStep> steps;
    private readonly AddressStep addresses;
    private readonly ConfirmedStep confirmed;
    private readonly RouteTable table;
    private readonly Func<SiteModel> site;
    private readonly AccessWatch watch;
    private readonly NpgsqlDataSource source;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AdmissionMeter meter = new();
    private readonly AdmissionAudit audit;
    private readonly QuotaBook quotas;
    private readonly IdempotencyDesk idempotency;
    private (AccessTerms? Terms, AccessPolicy? Policy) compiled;

    /// <param name="routes">What stands behind the door.</param>
    /// <param name="gate">Decides on tokens.</param>
    /// <param name="source">The login of admission.</param>
    /// <param name="answers">Encrypts the answers that are kept for repeats.</param>
    /// <param name="loggers">Gets rule ids and names, never content.</param>
    public AdmissionPath(
        IReadOnlyList<DoorRoute> routes, TokenGate gate, Func<SiteModel> site, AccessWatch watch, NpgsqlDataSource source, AnswerCipher answers,
        TimeProvider time, ILoggerFactory loggers)
        : this(routes, gate, site, watch, source, answers, new AddressLimits(), time, loggers)
    {
    }

    internal AdmissionPath(
        IReadOnlyList<DoorRoute> routes, TokenGate gate, Func<SiteModel> site, AccessWatch watch, NpgsqlDataSource source, AnswerCipher answers,
        AddressLimits limits, TimeProvider time, ILoggerFactory loggers)
    {
        this.site = site;
        this.watch = watch;
        this.source = source;
        this.time = time;
        logger = loggers.CreateLogger<AdmissionPath>();
        audit = new AdmissionAudit(source, time);
        quotas = new QuotaBook(new QuotaStore(source).LeaseAsync, new QuotaAlarm(logger, meter.Uncounted, time), time);
        idempotency = new IdempotencyDesk(source, answers, time);
        addresses = new AddressStep(limits, time);
        table = new RouteTable(routes);
        steps =
        [
            addresses,
            new RouteStep(table),
            new ContentStep(),
            confirmed = new ConfirmedStep(() => watch.IsConfirmed),
            new TokenStep(gate, time),
            new TenantStep(),
            new ContractStep(),
            new ClientStep(),
            new QuotaStep(quotas),
            new ScopeStep(PolicyOf),
            new BodyStep(new FrameMemory(ListenerLimits.DefaultMemoryBytes)),
            new IdempotencyStep(idempotency, answers),
        ];
    }

    /// <summary>Told who was refused, and why; null where nobody weighs it.</summary>
    public ConductTally? Conduct { get; init; }

    /// <summary>The names of the steps in their order, for the docs and for tests.</summary>
    internal IEnumerable<string> Steps => steps.Select(step => step.Name);

    /// <summary>Answers one request: what the front door is given.</summary>
    public async Task AnswerAsync(HttpContext call)
    {
        var correlation = Correlation.Of(call.Request);
        using var trace = correlation.Begin();
        correlation.WriteTo(call.Response);
        call.Response.Headers.CacheControl = "no-store";
        using var passage = new Passage(call, correlation, site(), watch.Current);
        foreach (var step in steps)
        {
            if (await CheckAsync(step, passage) is { } refused)
            {
                await RefuseAsync(passage, step, refused);
                return;
            }
        }

        await (passage.Caller is null ? HandleOpenAsync(passage) : HandleAsync(passage));
    }

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
        await quotas.DisposeAsync();
        await idempotency.DisposeAsync();
        await audit.DisposeAsync();
        meter.Dispose();
    }

    /// <summary>A step that could not ask the store, or that failed, has decided nothing, so the request does not go on.</summary>
    private async ValueTask<Refused?> CheckAsync(AdmissionStep step, Passage passage)
    {
        try
        {
            var check = step.CheckAsync(passage);
            return check.IsCompleted || !step.AsksStore ? await check : await watch.WhileConfirmedAsync(check.AsTask());
        }
        catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
        {
            passage.IsGivenUp = true;
            return AdmissionRules.StateUnconfirmed;
        }
        catch (Exception e) when (IsFault(e, passage))
        {
            LogFault(logger, step.Name, e.GetType().Name, passage.Correlation.Id);
            return AdmissionRules.HandlerFailed;
        }
    }

    /// <summary>Neither that the client went away nor that its body broke off, which the server answers.</summary>
    private static bool IsFault(Exception e, Passage passage) =>
        e is not BadHttpRequestException && !(e is OperationCanceledException && passage.Call.RequestAborted.IsCancellationRequested);

    /// <summary>
    /// While a request waited for the store, for its body or for its handler, somebody may have been shut out: what the steps decided by
    /// the state then, they decide by the state now. Before the handler, and before the first byte.
    /// </summary>
    private (AdmissionStep Step, Refused Refused)? DecideAgain(Passage passage)
    {
        if (!watch.IsConfirmed)
        {
            return (confirmed, AdmissionRules.StateUnconfirmed);
        }

        if (ReferenceEquals(passage.State, watch.Current))
        {
            return null;
        }

        passage.State = watch.Current;
        foreach (var step in steps)
        {
            if (step.CheckAgain(passage) is { } refused)
            {
                return (step, refused);
            }
        }

        return null;
    }

    /// <summary>Without a caller there is nobody to put on record: the handlers of such routes keep their own.</summary>
    private async Task HandleOpenAsync(Passage passage)
    {
        var address = passage.Call.Connection.RemoteIpAddress;
        if (passage.Route.MediaTypes.Count > 0 && addresses.HasFailedTooOften(address))
        {
            await WriteAsync(passage, addresses.Name, AdmissionRules.AddressFailing);
            return;
        }

        Count(passage);
        try
        {
            await passage.Route.Handler(passage.Call, passage.Admitted());
        }
        catch (Exception e) when (!passage.Call.Response.HasStarted && IsFault(e, passage))
        {
            LogFault(logger, passage.Route.Name, e.GetType().Name, passage.Correlation.Id);
            await WriteAsync(passage, "handler", StoreFailure.Is(e) || e is TimeoutException ? AdmissionRules.StoreUnavailable : AdmissionRules.HandlerFailed);
        }

        if (passage.Call.Response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            addresses.Failed(address);
        }
    }

    /// <summary>1 what was decided, by the state now; 2 the handler, its answer held; 3 the answer kept for repeats; 4 the record; 5 the first byte.</summary>
    private async Task HandleAsync(Passage passage)
    {
        var call = passage.Call;
        // What is kept for repeats is held whole.
        await using var body = HeldBody.Before(
            call, passage.Idempotent is null ? MostHeld : int.MaxValue, () => LetGoAsync(passage));
        var worked = false;
        try
        {
            if (DecideAgain(passage) is { } changed)
            {
                body.Free();
                await RefuseAsync(passage, changed.Step, changed.Refused);
                return;
            }

            Count(passage);
            if (passage.Answer is { } first)
            {
                await KeptAnswer.WriteAsync(call, first);
            }
            else
            {
                await passage.Route.Handler(call, passage.Admitted());
            }

            worked = true;
            if (passage.Idempotent is { } request)
            {
                await KeptAnswer.KeepAsync(idempotency, request, passage.Attempt, call, body);
            }

            await body.FinishAsync(call.RequestAborted);
        }
        catch (Exception e) when (!body.IsReleased && (StoreFailure.Is(e) || e is TimeoutException))
        {
            await InsteadAsync(passage, body, worked ? AdmissionRules.AuditUnavailable : AdmissionRules.StoreUnavailable);
        }
        catch (ShutOutException e) when (!body.IsReleased)
        {
            Note(passage, e.Refused);
            await InsteadAsync(passage, body, e.Refused);
        }
        catch (Exception e) when (!body.IsReleased && IsFault(e, passage))
        {
            LogFault(logger, passage.Route.Name, e.GetType().Name, passage.Correlation.Id);
            await InsteadAsync(passage, body, AdmissionRules.HandlerFailed);
        }
        finally
        {
            // Once the handler has worked, the key is not given up: a repeat must not have its effect again.
            if (passage.Idempotent is { } begun && !worked)
            {
                await KeptAnswer.TryReleaseAsync(idempotency, begun, passage.Attempt);
            }
        }
    }

    /// <summary>Who failed to prove who they are, was denied, or asked too often; a fault of ours, or a wrong path, says nothing of anybody.</summary>
    private void Note(Passage passage, Refused refused)
    {
        if (refused.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests
            && (passage.HasRoute && (passage.Caller is not null || refused.Status == StatusCodes.Status401Unauthorized)))
        {
            var guessed = passage.Holder is null && refused.Refusal == TokenRules.TokenInvalid ? passage.Request.Headers.Authorization.ToString() : null;
            Conduct?.Failed(RefusedConduct.Of(refused.Refusal), passage.Caller?.Client ?? passage.Holder, passage.Call.Connection.RemoteIpAddress, guessed);
        }
    }

    /// <summary>Returns when an answer may leave: the request is on record, and nobody has shut its caller out meanwhile.</summary>
    /// <exception cref="ShutOutException">Somebody has.</exception>
    private async Task LetGoAsync(Passage passage)
    {
        await watch.WhileConfirmedAsync(audit.GrantedAsync(passage, passage.Call.Response.StatusCode));
        if (DecideAgain(passage) is { } changed)
        {
            throw new ShutOutException(changed.Refused);
        }
    }

    private void Count(Passage passage)
    {
        meter.Admitted(passage.Route.Name);
        WriteQuota(passage);
    }

    /// <summary>Nothing has left yet: what was held is dropped, and the refusal goes.</summary>
    private async Task InsteadAsync(Passage passage, HeldBody body, Refused refused)
    {
        body.Discard();
        body.Free();
        var headers = passage.Call.Response.Headers;
        headers.ETag = default;
        headers.Location = default;
        headers.LastModified = default;
        await WriteAsync(passage, "handler", refused);
    }

    private async Task RefuseAsync(Passage passage, AdmissionStep step, Refused refused)
    {
        Note(passage, refused);
        if (refused.Status == StatusCodes.Status401Unauthorized)
        {
            refused = addresses.HasFailedTooOften(passage.Call.Connection.RemoteIpAddress) ? AdmissionRules.AddressFailing : refused;
            addresses.Failed(passage.Call.Connection.RemoteIpAddress);
        }
        else if (refused.Status == StatusCodes.Status403Forbidden && passage.Caller is not null)
        {
            try
            {
                await watch.WhileConfirmedAsync(audit.DeniedAsync(passage, refused));
            }
            catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
            {
                refused = AdmissionRules.AuditUnavailable;
            }
        }

        WriteQuota(passage);
        await WriteAsync(passage, step.Name, refused);
    }

    private async Task WriteAsync(Passage passage, string step, Refused refused)
    {
        meter.Refused(step, refused.Refusal.Id);
        var form = passage.HasRoute ? passage.Route.Form : table.FormOf(passage.Request.Path.Value ?? string.Empty);
        await RefusalWriter.WriteAsync(passage.Call, refused, form);
    }

    private static void WriteQuota(Passage passage)
    {
        if (passage.Quota is { } verdict)
        {
            passage.Call.Response.Headers["RateLimit-Policy"] = verdict.PolicyField(passage.Route.Name);
            passage.Call.Response.Headers["RateLimit"] = verdict.LimitField(passage.Route.Name);
        }
    }

    /// <summary>Compiled once for each policy that a site brings.</summary>
    private AccessPolicy? PolicyOf(SiteModel current)
    {
        var known = compiled;
        if (!ReferenceEquals(known.Terms, current.AccessPolicy))
        {
            known = (current.AccessPolicy, current.AccessPolicy is { } terms ? AccessPolicy.Compile(terms) : null);
            compiled = known;
        }

        return known.Policy;
    }

    private async Task KeepHouseAsync(CancellationToken draining)
    {
        try
        {
            await idempotency.ForgetExpiredAsync(draining);
            await using var forget = source.CreateCommand("SELECT access.forget_buckets()");
            await forget.ExecuteNonQueryAsync(draining);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            LogStoreUnavailable(logger, StoreFailure.StateOf(e));
        }
    }

    /// <param name="at">A route's name, or a step's.</param>
    [LoggerMessage(Level = LogLevel.Error, Message = "{At} failed with {Error}; correlation id {Correlation}")]
    private static partial void LogFault(ILogger logger, string at, string error, string correlation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is past its time could not be forgotten at the door ({SqlState}); trying again")]
    private static partial void LogStoreUnavailable(ILogger logger, string sqlState);

    /// <summary>The caller was let in, and is not any more.</summary>
    private sealed class ShutOutException(Refused refused) : Exception(refused.Refusal.Id)
    {
        public Refused Refused => refused;
    }
}
