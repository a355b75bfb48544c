using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance;
using Isthmus.Governance.Checks;
using Isthmus.Workflow.Definitions;

namespace Isthmus.Host.Running;

/// <summary>A site folder held against every module that reads a part of it.</summary>
/// <param name="Files">Null when the folder itself could not be read.</param>
/// <param name="Model">Null when there is any fault.</param>
internal sealed record SiteInspection(string Folder, SiteFiles? Files, SiteModel? Model, IReadOnlyList<SiteFault> Faults)
{
    /// <summary>The modules that check a folder of their own.</summary>
    private static readonly SiteChecker[] Checkers = [new MapSiteChecker(), new WorkflowSiteChecker()];

    /// <param name="environment">The environment variables, some of which may be settings of the site.</param>
    public static SiteInspection Inspect(string folder, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var (files, unreadable) = SiteFolder.Read(folder, SiteMaps.Library(environment));
        if (files is null)
        {
            return new SiteInspection(folder, null, null, unreadable);
        }

        var load = SiteLoader.Load(files, environment, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), Checkers);
        return new SiteInspection(folder, files, load.Model, load.Faults);
    }
}
