using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Workflow.Definitions;

/// <summary>The workflows of a site.</summary>
internal sealed class WorkflowSet
{
    public const string Folder = "workflows/";

    private readonly ILookup<string, WorkflowDefinition> byStart;
    private readonly HashSet<string> heard;

    private WorkflowSet(IReadOnlyList<WorkflowDefinition> definitions)
    {
        byStart = definitions.ToLookup(d => d.StartsOn, StringComparer.Ordinal);
        heard = [.. definitions.SelectMany(d => d.States.Values).SelectMany(s => s.On.Keys)];
    }

    public static WorkflowSet Empty { get; } = new([]);

    public IEnumerable<WorkflowDefinition> StartingOn(string signal) => byStart[signal];

    /// <summary>True when the signal means something to an instance that runs already.</summary>
    public bool IsHeard(string signal) => heard.Contains(signal);

    /// <summary>The site's workflows without those that have faults, and every fault at once.</summary>
    public static (WorkflowSet Workflows, IReadOnlyList<SiteFault> Faults) Load(SiteFiles files)
    {
        var faults = new List<SiteFault>();
        var definitions = new Dictionary<string, (WorkflowDefinition Definition, string Path)>(StringComparer.Ordinal);
        foreach (var (path, bytes) in files.Under(Folder))
        {
            if (!path.EndsWith(".yaml", StringComparison.Ordinal))
            {
                faults.Add(new SiteFault(path, 1, WorkflowRules.Unknown, "Only .yaml files are read in this folder."));
            }
            else if (DefinitionReader.Read(path, bytes.Span, faults) is { } definition
                && !definitions.TryAdd(definition.Name, (definition, path)))
            {
                faults.Add(new SiteFault(path, 1, WorkflowRules.Duplicate, $"{definitions[definition.Name].Path} declares `{definition.Name}` already."));
            }
        }

        var set = new WorkflowSet([.. definitions.Values.Select(d => d.Definition)]);
        if (faults.Count == 0 && !set.StartingOn(SignalKinds.CriticalResult).Any())
        {
            faults.Add(new SiteFault(Folder, 1, WorkflowRules.CriticalUnanswered, $"No workflow starts on `{SignalKinds.CriticalResult}`, so nobody would hear of a critical value."));
        }

        return (set, faults);
    }
}

/// <summary>Checks the site's folder <c>workflows/</c>.</summary>
public sealed class WorkflowSiteChecker : SiteChecker
{
    public string Folder => WorkflowSet.Folder;

    public IEnumerable<SiteFault> Check(SiteFiles files) => WorkflowSet.Load(files).Faults;
}
