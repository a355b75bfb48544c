using System.Reflection;
using Isthmus.Testing;

namespace Isthmus.Rules.Tests;

/// <summary>What the rules are about: the repository's files, projects and assemblies.</summary>
internal static class Product
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", ".git", ".isthmus", "TestResults", "artifacts"];

    /// <summary>Every file of the repository with its path from the root, in order.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } =
        [.. Walk(Repository.Root).Select(path => new SourceFile(path, Path.GetRelativePath(Repository.Root, path))).OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>The C# files below <c>src</c>.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files.Where(file => file.Name.StartsWith("src/", StringComparison.Ordinal) && file.Name.EndsWith(".cs", StringComparison.Ordinal))];

    public static IReadOnlyList<Project> Projects { get; } =
        [.. Files.Where(file => file.Name.StartsWith("src/", StringComparison.Ordinal) && file.Name.EndsWith(".csproj", StringComparison.Ordinal)).Select(Project.Read)];

    public static IReadOnlyList<Assembly> Assemblies { get; } =
        [.. Projects.Select(project => Assembly.Load(project.AssemblyName))];

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => !NotOurs.Contains(Path.GetFileName(file))).Concat(
            Directory.EnumerateDirectories(folder)
                .Where(child => !NotOurs.Contains(Path.GetFileName(child)) && new DirectoryInfo(child).LinkTarget is null)
                .SelectMany(Walk));
}
