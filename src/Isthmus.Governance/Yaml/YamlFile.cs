using Isthmus.Exchange;

namespace Isthmus.Governance.Yaml;

/// <summary>One file being read: its faults so far, and which keys were asked for (so that the reference can be held complete).</summary>
internal sealed class YamlFile(string path, List<SiteFault> faults)
{
    private readonly List<Section> sections = [];

    public string Path => path;

    /// <summary>Every key asked for, as a trail: <c>listeners.*.limits.idle</c>, <c>fields[].source</c>.</summary>
    public SortedSet<string> Asked { get; } = new(StringComparer.Ordinal);

    public void Fault(int line, string rule, string text) => faults.Add(new SiteFault(path, line, rule, text));

    public Section Open(YamlMap map, string trail = "")
    {
        var section = new Section(this, map, trail);
        sections.Add(section);
        return section;
    }

    /// <summary>Call when everything has been read: a key that nobody asked for is a fault, for it means something its writer relied on.</summary>
    public void Close()
    {
        foreach (var section in sections)
        {
            section.ReportUnknown();
        }
    }
}
