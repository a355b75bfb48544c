using System.Text;
using Isthmus.Exchange;
using Isthmus.Testing;
using Isthmus.Workflow.Definitions;

namespace Isthmus.Workflow.Tests;

/// <summary>The workflows of the demo site, and changed copies of them.</summary>
internal static class DemoSite
{
    public static SiteFiles Files { get; } = new("demo", Directory
        .EnumerateFiles(Repository.PathOf("site", "demo", "workflows"))
        .ToDictionary(f => "workflows/" + Path.GetFileName(f), f => (ReadOnlyMemory<byte>)File.ReadAllBytes(f), StringComparer.Ordinal));

    public static WorkflowDefinition CriticalResult { get; } = WorkflowSet.Load(Files).Workflows.StartingOn(SignalKinds.CriticalResult).Single();

    /// <summary>The demo's critical-result workflow with one text replaced everywhere.</summary>
    public static SiteFiles Changed(string old, string by, string version = "changed")
    {
        const string path = "workflows/critical-result.yaml";
        var text = Encoding.UTF8.GetString(Files.Files[path].Span);
        Assert.Contains(old, text, StringComparison.Ordinal);
        var files = Files.Files.ToDictionary(StringComparer.Ordinal);
        files[path] = Encoding.UTF8.GetBytes(text.Replace(old, by, StringComparison.Ordinal));
        return new SiteFiles(version, files);
    }
}
