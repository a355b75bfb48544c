namespace Isthmus.Exchange.Contracts;

/// <summary>A module that checks its own folder of the site; composed by the host into <c>site check</c>.</summary>
public interface SiteChecker
{
    /// <summary>The folder it owns, with a trailing slash, e.g. <c>maps/</c>.</summary>
    string Folder { get; }

    /// <summary>Every fault at once; none when the folder is sound.</summary>
    IEnumerable<SiteFault> Check(SiteFiles files);
}
