using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Testing;

namespace Isthmus.Governance.Tests;

/// <summary>
/// The demo site as files, to be loaded as it is or with one thing changed; with the laboratory's contract alone unless a test wants the
/// whole, so that a fault of the settings shows once.
/// </summary>
internal sealed class DemoSite
{
    public const string Settings = "isthmus.yaml";
    public const string Contract = "integrations/lab-results.yaml";
    public const string Policy = "policies/jurisdiction-us-hipaa.yaml";

    private readonly Dictionary<string, ReadOnlyMemory<byte>> files;

    public DemoSite(bool whole = false)
    {
        files = new(SiteFolder.Read(Folder).Files!.Files, StringComparer.Ordinal);
        foreach (var other in whole ? [] : files.Keys.Where(k => k.StartsWith("integrations/", StringComparison.Ordinal) && k != Contract).ToArray())
        {
            files.Remove(other);
        }
    }

    public static string Folder => Repository.PathOf("site", "demo");

    public Dictionary<string, string> Environment { get; } = [];

    public DateOnly AsOf { get; set; } = new(2026, 11, 20);

    public SiteFiles Files => new(SiteFolder.VersionOf(files), files);

    public string this[string path]
    {
        get => Encoding.UTF8.GetString(files[path].Span);
        set => files[path] = Encoding.UTF8.GetBytes(value);
    }

    public void SetBytes(string path, byte[] bytes) => files[path] = bytes;

    /// <summary>Changes the one place where the text stands; a test whose change does not apply must fail.</summary>
    public DemoSite Change(string path, string from, string to)
    {
        var text = this[path];
        Assert.True(text.Contains(from, StringComparison.Ordinal), $"{path} does not contain: {from}");
        var at = text.IndexOf(from, StringComparison.Ordinal);
        this[path] = string.Concat(text.AsSpan(0, at), to, text.AsSpan(at + from.Length));
        return this;
    }

    public DemoSite Remove(string path)
    {
        Assert.True(files.Remove(path));
        return this;
    }

    public int LineOf(string path, string text) =>
        this[path][..this[path].IndexOf(text, StringComparison.Ordinal)].Count(c => c == '\n') + 1;

    public SiteLoad Load(params SiteChecker[] others) => SiteLoader.Load(Files, Environment, AsOf, others);

    /// <summary>Loads and expects exactly this one fault.</summary>
    public SiteFault OnlyFault(string rule, params SiteChecker[] others)
    {
        var load = Load(others);
        Assert.Null(load.Model);
        var fault = Assert.Single(load.Faults);
        Assert.Equal(rule, fault.Rule);
        return fault;
    }
}
