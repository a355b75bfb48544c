using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>The files of a site in their YAML shape, with the faults of that shape; the checks add theirs to the same list.</summary>
internal sealed class SiteReader
{
    public const string SettingsFile = "isthmus.yaml";
    public const string ContractFolder = "integrations/";
    public const string PolicyFolder = "policies/";
    public const string ApiContractPlace = "api integrations/";
    public const string AccessFile = "policies/access.yaml";

    private readonly SiteFiles files;
    private readonly SortedSet<string> asked = new(StringComparer.Ordinal);

    private SiteReader(SiteFiles files) => this.files = files;

    public List<SiteFault> Faults { get; } = [];

    public Settings? Settings { get; private set; }

    public Section? SettingsSection { get; private set; }

    public IReadOnlyList<ConsentPolicy> Policies { get; private set; } = [];

    /// <summary>Null where the site has none, which permits nothing.</summary>
    public AccessTerms? Access { get; private set; }

    public IReadOnlyList<ContractDraft> Contracts { get; private set; } = [];

    public IReadOnlyList<ApiContract> ApiContracts { get; private set; } = [];

    /// <summary>In the order of <see cref="ApiContracts"/>, for the checks to say where.</summary>
    public IReadOnlyList<Section> ApiSections { get; private set; } = [];

    /// <summary>Every key that was asked for, after the name of its file or folder: <c>integrations/ fields[].source</c>.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    public static SiteReader Read(SiteFiles files, IReadOnlyDictionary<string, string> environment)
    {
        var reader = new SiteReader(files);
        reader.ReadSettings(environment);
        reader.Policies = reader.ReadFolder(PolicyFolder, (_, root) => PolicyReader.Read(root));
        reader.ReadAccess();
        reader.ReadContracts();
        return reader;
    }

    private void ReadSettings(IReadOnlyDictionary<string, string> environment)
    {
        if (!files.Files.TryGetValue(SettingsFile, out var bytes))
        {
            Faults.Add(new SiteFault(SettingsFile, 0, SiteRules.FileMissing, "The folder has no isthmus.yaml, so it is no site."));
            return;
        }

        if (YamlComposer.Compose(SettingsFile, bytes, Faults) is { } map)
        {
            EnvironmentOverrides.Apply(map, environment, Faults);
            Settings = ReadMap(SettingsFile, SettingsFile, map, (_, root) =>
            {
                SettingsSection = root;
                return SettingsReader.Read(root);
            });
        }
    }

    private void ReadAccess()
    {
        if (files.Files.TryGetValue(AccessFile, out var bytes) && YamlComposer.Compose(AccessFile, bytes, Faults) is { } map)
        {
            Access = ReadMap(AccessFile, AccessFile, map, (_, root) => AccessReader.Read(root));
        }
    }

    /// <summary>Both kinds of contract lie in one folder; <c>kind</c> tells them apart.</summary>
    private void ReadContracts()
    {
        var (drafts, contracts, sections) = (new List<ContractDraft>(), new List<ApiContract>(), new List<Section>());
        foreach (var (path, map) in ComposeFolder(ContractFolder))
        {
            if (map.Entries.GetValueOrDefault("kind") is YamlText { Value: "api" })
            {
                contracts.Add(ReadMap(ApiContractPlace, path, map, (_, root) =>
                {
                    sections.Add(root);
                    return ApiContractReader.Read(root);
                }));
            }
            else
            {
                drafts.Add(ReadMap(ContractFolder, path, map, ContractReader.Read));
            }
        }

        (Contracts, ApiContracts, ApiSections) = (drafts, contracts, sections);
    }

    private List<T> ReadFolder<T>(string folder, Func<string, Section, T> read) =>
        [.. ComposeFolder(folder).Select(file => ReadMap(folder, file.Path, file.Map, read))];

    private List<(string Path, YamlMap Map)> ComposeFolder(string folder)
    {
        var found = new List<(string, YamlMap)>();
        foreach (var (path, bytes) in files.Under(folder).Where(f => f.Path != AccessFile))
        {
            if (!path.EndsWith(".yaml", StringComparison.Ordinal))
            {
                Faults.Add(new SiteFault(path, 0, SiteRules.FileStray, $"Only .yaml files belong in {folder}."));
            }
            else if (YamlComposer.Compose(path, bytes, Faults) is { } map)
            {
                found.Add((path, map));
            }
        }

        return found;
    }

    private T ReadMap<T>(string place, string path, YamlMap map, Func<string, Section, T> read)
    {
        var file = new YamlFile(path, Faults);
        var value = read(path, file.Open(map));
        file.Close();
        asked.UnionWith(file.Asked.Select(key => $"{place} {key}"));
        return value;
    }
}
