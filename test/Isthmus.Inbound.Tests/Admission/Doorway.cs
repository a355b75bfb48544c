using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance;
using Isthmus.Inbound.Admission;
using Isthmus.Inbound.Tests.Secrecy;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>A database with the door's tables, shared by the tests of a class.</summary>
public sealed class DoorStore : IAsyncLifetime
{
    internal TestStore Store { get; private set; } = null!;

    internal AccessWatch Watch { get; private set; } = null!;

    internal SwitchStore Switches => new(Store.For(ZoneRole.Operator));

    public async Task InitializeAsync()
    {
        Store = await RunningEdge.NewStoreAsync();
        Watch = await StartWatchAsync(TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await Watch.DisposeAsync();
        await Store.DisposeAsync();
    }

    internal Task<AccessWatch> StartWatchAsync(TimeProvider time) =>
        AccessWatch.StartAsync(Store.For(ZoneRole.Admission), time, NullLogger.Instance, CancellationToken.None);

    /// <summary>Switches off, and returns once this node knows.</summary>
    internal async Task OffAsync(SwitchKind kind, string target)
    {
        await Switches.OffAsync(1, kind, target, "nora", "in a test", CancellationToken.None);
        await Watch.ConfirmAsync(CancellationToken.None);
    }

    /// <summary>A client that one person registered and another approved; whoever is let in here without is nobody's when looked at again.</summary>
    internal async Task RegisterAsync(string client)
    {
        await Store.ExecuteAsOwnerAsync(
            $"""
            SELECT access.register_client('{client}', 1::smallint, 'App', 'app', 'demo', 'Is tried.', 'o', now() + interval '1 day', 'system/*.rs', 'interactive',
                NULL, NULL, 'https://app.example/jwks', ARRAY['ES384'], NULL, NULL, false, 'anna');
            SELECT access.approve_client('{client}', 'ben', 'looked at');
            """);
        await Watch.ConfirmAsync(CancellationToken.None);
    }

    internal async Task<T> AskAsync<T>(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(Store.OwnerAddress);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>Admission before two routes of a test's own: one that reads, and one that takes messages in under a key.</summary>
internal sealed class Doorway : IAsyncDisposable
{
    public const string Read = "/things/Observation/1";
    public const string Send = "/messages";

    private static readonly Lazy<SiteModel> Demo = new(() => SiteLoader.Load(
        SiteFolder.Read(Repository.PathOf("site", "demo")).Files!, new Dictionary<string, string>(), new DateOnly(2026, 11, 20)).Model!);

    private readonly AdmissionPath path;
    private int handled;
    private int asked;

    public Doorway(
        DoorStore store, Func<ApiContract, ApiContract>? contract = null, AddressLimits? limits = null, AccessWatch? watch = null, RefusalForm form = RefusalForm.Problem,
        AnswerCipher? answers = null, double quotaShare = 1, TimeSpan? patience = null, Npgsql.NpgsqlDataSource? source = null)
    {
        var mine = new ApiContract
        {
            Name = "app",
            Version = "1.0.0",
            Purpose = "Serves a test.",
            Owners = new Owners("b", "t", "s", "o"),
            Class = AppClass.Admin,
            Traffic = TrafficClass.Interactive,
            ConsentPurpose = "TREAT",
            Scopes = ["system/*.cruds", "hl7v2:send"],
            Routes = ["read-thing", "send-message"],
            Quota = new Quota(1000, 10_000),
        };
        Site = Demo.Value with { ApiContracts = [contract?.Invoke(mine) ?? mine, mine with { Name = "other-app", Routes = ["elsewhere"] }] };
        path = new AdmissionPath(
            [
                new DoorRoute
                {
                    Name = "read-thing",
                    Method = "GET",
                    Template = "/things/{type}/{id}",
                    Form = form,
                    ResourceParameter = "type",
                    Need = (_, values) => AccessNeed.To((values["type"], Interactions.Read)),
                    Handler = HandleAsync,
                },
                new DoorRoute
                {
                    Name = "send-message",
                    Method = "POST",
                    Template = Send,
                    Form = form,
                    MediaTypes = ["application/json"],
                    MostBytes = 64 * 1024,
                    Need = (_, _) => AccessNeed.Hold("hl7v2:send"),
                    Idempotency = Idempotency.Required,
                    Patience = patience ?? TimeSpan.FromSeconds(5),
                    QuotaShare = _ => quotaShare,
                    BusinessKey = body => BusinessKey?.Invoke(body),
                    Handler = HandleAsync,
                },
                new DoorRoute { Name = "open", Method = "GET", Template = "/open", Form = form, Handler = HandleAsync },
            ],
            GateAsync,
            () => Site,
            watch ?? store.Watch,
            source ?? store.Store.For(ZoneRole.Admission),
            answers ?? new AnswerCipher(RandomNumberGenerator.GetBytes(32)),
            limits ?? new AddressLimits(),
            TimeProvider.System,
            Logs);
    }

    public SiteModel Site { get; set; }

    public LoggedText Logs { get; } = new();

    /// <summary>What the token <c>good</c> stands for; tests change it.</summary>
    public Caller Caller { get; set; } = new()
    {
        Client = $"client-{Guid.NewGuid():N}",
        Tenant = 1,
        Integration = "app",
        Environment = SiteEnvironment.Demo,
        Scopes = Scopes("system/*.cruds hl7v2:send"),
        Token = Guid.NewGuid(),
        Issuer = "https://door.example",
        Expires = DateTimeOffset.MaxValue,
        Traffic = TrafficClass.Interactive,
    };

    /// <summary>What names the business transaction of a message; nothing by default.</summary>
    public Func<ReadOnlyMemory<byte>, string?>? BusinessKey { get; set; }

    public IEnumerable<string> Steps => path.Steps;

    /// <summary>How often a handler ran.</summary>
    public int Handled => Volatile.Read(ref handled);

    /// <summary>How often a token was looked at.</summary>
    public int Asked => Volatile.Read(ref asked);

    public ConcurrentQueue<Admitted> Seen { get; } = new();

    /// <summary>What the handler does; by default it answers with a body of two bytes.</summary>
    public Func<HttpContext, Admitted, Task> Handler { get; set; } = static (call, _) => call.Response.WriteAsync("ok");

    public static ScopeSet Scopes(string text)
    {
        Assert.Null(ScopeSet.TryParse(text, out var scopes));
        return scopes;
    }

    /// <summary>A request that every step lets through.</summary>
    public static DefaultHttpContext Request(string method = "GET", string target = Read, string? body = null, string? key = null)
    {
        var call = new DefaultHttpContext();
        call.Request.Method = method;
        call.Request.Scheme = "https";
        call.Request.Host = new HostString("api.example");
        call.Request.Path = target.Split('?')[0];
        call.Request.QueryString = new QueryString(target.Contains('?', StringComparison.Ordinal) ? target[target.IndexOf('?', StringComparison.Ordinal)..] : string.Empty);
        call.Request.Headers.Authorization = "Bearer good";
        call.Connection.RemoteIpAddress = IPAddress.Loopback;
        call.Response.Body = new MemoryStream();
        if (body is not null)
        {
            call.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
            call.Request.ContentLength = Encoding.UTF8.GetByteCount(body);
            call.Request.ContentType = "application/json";
        }

        if (key is not null)
        {
            call.Request.Headers["Idempotency-Key"] = key;
        }

        return call;
    }

    public static DefaultHttpContext Message(string? key = "k", string body = "{}") => Request("POST", Send, body, key);

    public async Task<DoorAnswer> AskAsync(HttpContext? given = null)
    {
        var call = given ?? Request();
        // Admission puts a stream of its own before this one.
        var own = (MemoryStream)call.Response.Body;
        await path.AnswerAsync(call);
        var body = Encoding.UTF8.GetString(own.ToArray());
        return new DoorAnswer(call.Response.StatusCode, body, call.Response.Headers);
    }

    public ValueTask DisposeAsync() => path.DisposeAsync();

    private async Task HandleAsync(HttpContext call, Admitted admitted)
    {
        Interlocked.Increment(ref handled);
        Seen.Enqueue(admitted);
        await Handler(call, admitted);
    }

    private ValueTask<TokenVerdict> GateAsync(PresentedToken token, CancellationToken cancellation)
    {
        Interlocked.Increment(ref asked);
        return ValueTask.FromResult(token.Token == "good"
            ? new TokenVerdict(Caller, null)
            : new TokenVerdict(null, new Refusal("token.invalid", "The access token is not accepted.", FailureDomain.Client)));
    }
}

internal sealed record DoorAnswer(int Status, string Body, IHeaderDictionary Headers)
{
    /// <summary>The rule id of a refusal, in whichever form it is written.</summary>
    public bool Says(string rule) => Body.Contains($"\"{rule}", StringComparison.Ordinal);
}
