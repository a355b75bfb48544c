using System.Net;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Inbound.Admission;
using Isthmus.Inbound.Listeners.Http;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.State;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Host.Bench;

/// <summary>
/// What admission costs a read: the processor time of a request through the whole list of steps, with a token that was seen before, its
/// quota counted and its record durable, less that of the same request to the same strict server with the handler alone behind it.
/// </summary>
internal sealed class AdmissionCost(Installation installation, SiteModel site, AccessWatch watch, TokenGate gate, ServerTime server) : IAsyncDisposable
{
    private const string Route = "fhir-read";
    private const int Rounds = 3;

    private static readonly TimeSpan LongestWarming = TimeSpan.FromSeconds(8);

    /// <summary>More than is sent, so that it is counted and refuses nobody.</summary>
    private static readonly Quota Wide = new(50_000, 100_000);

    private static readonly byte[] Body = """{"resourceType":"Patient","id":"1"}"""u8.ToArray();

    private readonly AdmissionPath path = new(
        [
            new DoorRoute
            {
                Name = Route, Method = "GET", Template = "/fhir/{type}/{id}", Form = RefusalForm.Fhir, ResourceParameter = "type",
                Need = static (_, values) => AccessNeed.To((values["type"], Interactions.Read)), Handler = static (call, _) => AnswerAsync(call),
            },
        ],
        gate, With(site), watch, installation.Store.For(ZoneRole.Admission), new AnswerCipher(RandomNumberGenerator.GetBytes(32)),
        TimeProvider.System, NullLoggerFactory.Instance);

    public async Task<IReadOnlyList<BenchResult>> MeasureAsync(string token, TimeSpan lasting, CancellationToken cancellation)
    {
        await using var bare = Door(AnswerAsync);
        await using var admitting = Door(path.AnswerAsync);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] running = [bare.RunAsync(stop.Token), admitting.RunAsync(stop.Token)];
        var request = Encoding.ASCII.GetBytes($"GET /fhir/Patient/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: application/fhir+json\r\n\r\n");

        foreach (var door in (FrontDoor[])[bare, admitting])
        {
            await Warming.RunAsync(async round => (await SpendAsync(door, request, round, cancellation)).PerSecond > 0, LongestWarming);
        }

        // In turns, and the cheapest of each: whatever else the machine does makes a request dearer, and none cheaper.
        var (least, most) = (new Spent(), new Spent());
        for (var i = 0; i < Rounds; i++)
        {
            least = least.OrLess(await SpendAsync(bare, request, lasting / 8, cancellation));
            most = most.OrLess(await SpendAsync(admitting, request, lasting / 4, cancellation));
        }

        await stop.CancelAsync();
        await Task.WhenAll(running);
        return
        [
            BenchResult.AtMost("admission of a read: cached token, quota, record", most.Here - least.Here, "µs CPU", 60, Math.Round(least.Here, 1)),
            BenchResult.Info("… of PostgreSQL, for its quota and its record", most.OfServer, "µs CPU"),
            BenchResult.Info("… admitted, load generator included", most.PerSecond, "requests/s", Math.Round(least.PerSecond)),
        ];
    }

    public ValueTask DisposeAsync() => path.DisposeAsync();

    private static Func<SiteModel> With(SiteModel site)
    {
        var wide = site with { ApiContracts = [.. site.ApiContracts.Select(c => c with { Quota = Wide, Quotas = [] })] };
        return () => wide;
    }

    private static async Task AnswerAsync(HttpContext call)
    {
        call.Response.ContentType = "application/fhir+json";
        call.Response.ContentLength = Body.Length;
        await call.Response.Body.WriteAsync(Body, call.RequestAborted);
    }

    private FrontDoor Door(RequestDelegate answer)
    {
        var settings = site.Listeners.Values.First(l => l.Kind == ListenerKind.Api) with { Port = 0, Bind = IPAddress.Loopback, Tls = null };
        return new FrontDoor(settings, () => [], installation.Keys, answer, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private async Task<Spent> SpendAsync(FrontDoor door, byte[] request, TimeSpan lasting, CancellationToken cancellation)
    {
        var (here, there) = (ProcessorTime.Now, server.Now);
        var sent = await new TokenLoad(door.Endpoint).RunAsync(_ => request, lasting, cancellation);
        return new Spent(
            (ProcessorTime.Now - here).TotalMicroseconds / sent.Acknowledged, (server.Now - there).TotalMicroseconds / sent.Acknowledged, sent.PerSecond);
    }

    /// <summary>Microseconds of the processor for one request, in this process and in PostgreSQL's; and how many there were in a second.</summary>
    private readonly record struct Spent(double Here, double OfServer, double PerSecond)
    {
        public Spent() : this(double.MaxValue, 0, 0)
        {
        }

        public Spent OrLess(Spent other) => other.Here < Here ? other : this;
    }
}
