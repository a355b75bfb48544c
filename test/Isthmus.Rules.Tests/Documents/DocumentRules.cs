using System.Text.RegularExpressions;
using Isthmus.Testing;

namespace Isthmus.Rules.Tests.Documents;

/// <summary>Documents say what is there.</summary>
public sealed partial class DocumentRules
{
    [Fact]
    public void Every_decision_is_listed_in_the_index_of_decisions()
    {
        var index = File.ReadAllText(Repository.PathOf("docs", "adr", "README.md"));
        var records = Directory.EnumerateFiles(Repository.PathOf("docs", "adr"), "0*.md").Select(path => Path.GetFileName(path)!).ToArray();

        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Contains($"({record})", index, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var faults = Product.Files
            .Where(file => file.Name.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => Link().Matches(file.Text)
                .Select(match => (match.Index, Target: match.Groups["target"].Value.Split('#')[0]))
                .Where(link => link.Target.Length > 0 && !link.Target.Contains("://", StringComparison.Ordinal) && !link.Target.StartsWith("mailto:", StringComparison.Ordinal))
                .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(file.Path)!, link.Target)))
                .Select(link => $"{file.At(link.Index)}: {link.Target}"));

        Faults.AreNone(faults);
    }

    [Fact]
    public void Every_dependency_is_explained()
    {
        var explained = File.ReadAllText(Repository.PathOf("docs", "adr", "0002-dependencies.md"));
        var packages = Product.Files.Single(file => file.Name == "Directory.Packages.props").Text;

        Assert.All(Package().Matches(packages), package => Assert.Contains($"`{package.Groups["name"].Value}`", explained, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_environment_variable_is_described()
    {
        var described = File.ReadAllText(Repository.PathOf("docs", "reference", "environment.md"));
        var read = Product.Files
            .Where(file => file.Name == "isthmus" || file.Name.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Variable().Matches(file.Text).Select(match => match.Groups["name"].Value))
            .Distinct();

        Assert.All(read, name => Assert.Contains($"`{name}`", described, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("<PackageVersion Include=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Package();

    /// <summary>A whole name of one word and its parts; the settings of a site (<c>ISTHMUS__…</c>) are described with the site.</summary>
    [GeneratedRegex(@"\b(?<name>ISTHMUS(_[A-Z]+)+)\b(?!_)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
