using System.Net;
using Isthmus.Simulators.Effects;
using Isthmus.Simulators.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Isthmus.Simulators.Serving;

/// <summary>
/// The ground a simulator stands on: Kestrel on loopback without routing, logging or middleware (it shares the machine with the
/// product under load), the durable effect log, the fault board and the <c>/simulator</c> pages over both.
/// </summary>
internal sealed class Counterpart : IAsyncDisposable
{
    private readonly SimulatorPages pages;
    private WebApplication? server;

    private Counterpart(CounterpartOptions options)
    {
        Directory.CreateDirectory(options.DataFolder);
        Options = options;
        Log = EffectLog.Open(Path.Combine(options.DataFolder, "effects.log"), options.Time);
        pages = new SimulatorPages(Log, Faults);
    }

    public CounterpartOptions Options { get; }

    public EffectLog Log { get; }

    public FaultBoard Faults { get; } = new();

    /// <summary>Where it listens, without a trailing slash.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts listening; <paramref name="partner"/> answers everything outside <c>/simulator</c>.</summary>
    public static async Task<Counterpart> StartAsync(
        CounterpartOptions options, Func<Counterpart, RequestDelegate> partner, CancellationToken cancel)
    {
        var counterpart = new Counterpart(options);
        try
        {
            await counterpart.ListenAsync(partner(counterpart), cancel);
            return counterpart;
        }
        catch
        {
            await counterpart.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            // Calls held by a fault would wait for their caller: cut them.
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            await server.StopAsync(patience.Token);
            await server.DisposeAsync();
        }

        await Log.DisposeAsync();
    }

    private async Task ListenAsync(RequestDelegate partner, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Options.LargestBody;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, Options.Port);
        });

        server = builder.Build();
        server.Run(call => call.Request.Path.StartsWithSegments("/simulator", StringComparison.Ordinal, out var rest)
            ? pages.AnswerAsync(call, rest)
            : partner(call));
        await server.StartAsync(cancel);

        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single());
    }
}
