using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Mapping;

namespace Isthmus.Governance.Checks;

/// <summary>Compiles the site's maps with its terminology, for the two only make sense together.</summary>
public sealed class MapSiteChecker : SiteChecker
{
    private const string Terminology = "terminology/";

    public string Folder => "maps/";

    public IEnumerable<SiteFault> Check(SiteFiles files) =>
        MapSet.Load([.. files.Under(MapLibrary.Folder), .. files.Under(Folder), .. files.Under(Terminology)]).Faults.Select(f => new SiteFault(f.Path, f.Line, f.Rule, f.Message));
}
