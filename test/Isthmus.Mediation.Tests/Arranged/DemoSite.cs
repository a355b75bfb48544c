using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance;
using Isthmus.Testing;

namespace Isthmus.Mediation.Tests.Arranged;

/// <summary>The demo site in force, which a test may change or swap.</summary>
internal sealed class DemoSite : LiveSite
{
    private static readonly Lazy<SiteModel> Demo = new(Load);

    private readonly Dictionary<string, SiteModel> applied = new(StringComparer.Ordinal);

    public DemoSite() => Apply(Demo.Value);

    public event Action<SiteModel>? Changed;

    public SiteModel Current { get; private set; } = Demo.Value;

    public IntegrationContract Contract => Current.Contracts[0];

    /// <summary>Puts a changed contract into force as a site version of its own.</summary>
    public void Swap(string version, Func<IntegrationContract, IntegrationContract> change) =>
        Apply(Current with { Files = new SiteFiles(version, Current.Files.Files), Contracts = [.. Current.Contracts.Select(change)] });

    /// <summary>Puts a changed site into force as a version of its own.</summary>
    public void SwapSite(string version, Func<SiteModel, SiteModel> change) =>
        Apply(change(Current) with { Files = new SiteFiles(version, Current.Files.Files) });

    public void SwapWithoutContracts(string version) =>
        Apply(Current with { Files = new SiteFiles(version, Current.Files.Files), Contracts = [] });

    public void Forget(string version) => applied.Remove(version);

    public ValueTask<SiteModel?> AtAsync(string version, CancellationToken cancellation) => ValueTask.FromResult(applied.GetValueOrDefault(version));

    private void Apply(SiteModel site)
    {
        applied[site.Version] = site;
        Current = site;
        Changed?.Invoke(site);
    }

    private static SiteModel Load()
    {
        var files = SiteFolder.Read(Repository.PathOf("site", "demo")).Files!;
        var load = SiteLoader.Load(files, new Dictionary<string, string>(), new DateOnly(2026, 11, 20));
        return load.Model ?? throw new InvalidOperationException(string.Join('\n', load.Faults));
    }
}
