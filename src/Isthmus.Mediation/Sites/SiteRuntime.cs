using Isthmus.Exchange.Contracts;
using Isthmus.Mapping;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Mediation.Sites;

/// <summary>A site version made ready for work: contracts by source, maps compiled.</summary>
internal sealed class SiteRuntime
{
    private readonly Dictionary<string, IntegrationContract> bySource;

    private SiteRuntime(SiteModel site, MapSet maps, byte[] signalKey)
    {
        Site = site;
        Maps = maps;
        Translator = new Translator(maps);
        Reverse = new ReverseTranslator(maps);
        SignalKey = signalKey;
        bySource = site.Contracts.ToDictionary(c => c.Source.Name, StringComparer.Ordinal);
    }

    public SiteModel Site { get; }

    public string Version => Site.Version;

    public MapSet Maps { get; }

    /// <summary>Safe for all workers; keeps its buffers for the next message.</summary>
    public Translator Translator { get; }

    /// <summary>Writes HL7 v2 messages from resources; safe for all workers.</summary>
    public ReverseTranslator Reverse { get; }

    /// <summary>Keys the business keys of signals.</summary>
    public byte[] SignalKey { get; }

    public IntegrationContract? ContractOf(string source) => bySource.GetValueOrDefault(source);

    /// <summary>Compiles the maps of a checked site; null when they do not load, which the check of the site says.</summary>
    public static SiteRuntime? Compile(SiteModel site, byte[] signalKey)
    {
        var loaded = MapSet.Load([.. site.Files.Under(MapLibrary.Folder), .. site.Files.Under("maps/"), .. site.Files.Under("terminology/")]);
        return loaded.Maps is { } maps ? new SiteRuntime(site, maps, signalKey) : null;
    }
}
