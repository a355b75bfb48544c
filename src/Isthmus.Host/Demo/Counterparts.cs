using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Trust.Keys;

namespace Isthmus.Host.Demo;

/// <summary>The simulated EHR and registry, each a process of its own that ends with this one.</summary>
internal sealed class Counterparts : IAsyncDisposable
{
    private readonly Process ehr;
    private readonly Process registry;
    private readonly HttpClient http = new();

    private Counterparts(Process ehr, Announcement ehrIs, Process registry, Announcement registryIs)
    {
        this.ehr = ehr;
        this.registry = registry;
        EhrAddress = ehrIs.Address;
        Overrides = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ISTHMUS__destinations__ehr__base_url"] = ehrIs.Fhir!,
            ["ISTHMUS__destinations__ehr__authentication__token_url"] = ehrIs.Token!,
            ["ISTHMUS__destinations__registry__base_url"] = $"{registryIs.Address.TrimEnd('/')}/events",
        };
    }

    public string EhrAddress { get; }

    /// <summary>The settings of the site that point it at these processes.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; }

    public static async Task<Counterparts> StartAsync(SiteModel site, KeyFolder keys, string dataFolder, CancellationToken cancellation)
    {
        var ehrKey = keys.Existing(site.Destinations["ehr"].Key + ".pub");
        var registryKey = keys.Existing(site.Destinations["registry"].Key!);
        var ehr = Start(["simulate", "ehr", "--port", "0", "--client-key", ehrKey, "--data", Path.Combine(dataFolder, "ehr"), "--with-parent", "--json"]);
        var registry = Start(["simulate", "registry", "--port", "0", "--secret-file", registryKey, "--data", Path.Combine(dataFolder, "registry"), "--with-parent", "--json"]);
        return new Counterparts(ehr, await ReadAsync(ehr, cancellation), registry, await ReadAsync(registry, cancellation));
    }

    /// <summary>Makes the EHR answer 500 to the next requests.</summary>
    public async Task LetEhrFailAsync(int times, CancellationToken cancellation)
    {
        var faults = new[] { new { kind = "500", count = times } };
        using var answer = await http.PostAsJsonAsync(new Uri(new Uri(EhrAddress), "simulator/faults"), faults, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        foreach (var process in (Process[])[ehr, registry])
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static Process Start(string[] arguments)
    {
        var start = SelfProcess.StartInfo(arguments);
        // They stand for machines elsewhere: their idle threads sleep instead of spinning on the product's cores.
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        return Process.Start(start)!;
    }

    private static async Task<Announcement> ReadAsync(Process process, CancellationToken cancellation)
    {
        var line = await process.StandardOutput.ReadLineAsync(cancellation)
            ?? throw new RefusalException(new Refusal("demo.simulator-ended", "A simulated partner ended before it was ready; what it said stands above.", FailureDomain.Partner));
        return JsonSerializer.Deserialize<Announcement>(line, JsonSerializerOptions.Web)!;
    }

    private sealed record Announcement(string Address, string? Fhir, string? Token);
}
