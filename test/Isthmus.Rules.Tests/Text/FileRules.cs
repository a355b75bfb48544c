namespace Isthmus.Rules.Tests.Text;

/// <summary>Where files stand and how long they get.</summary>
public sealed class FileRules
{
    private const int MostLines = 400;

    /// <summary>src/Project/Folder/Sub/File.cs, and the engines' folder above their projects.</summary>
    private const int MostDepth = 4;

    private static readonly string[] RootHolds =
    [
        ".editorconfig", ".gitattributes", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "Directory.Build.props",
        "Directory.Packages.props", "LICENSE", "README.md", "SECURITY.md", "global.json", "isthmus", "package-lock.json", "package.json",
    ];

    [Fact]
    public void The_root_holds_what_a_visitor_needs_and_nothing_else() =>
        Faults.AreNone(Product.Files.Where(file => file.Folder.Length == 0).Select(file => file.Name).Except(RootHolds, StringComparer.Ordinal));

    [Fact]
    public void A_source_file_holds_one_idea()
    {
        var faults = Product.Files
            .Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => (file.Name, Lines: file.Text.AsSpan().Count('\n')))
            .Where(file => file.Lines > MostLines)
            .Select(file => $"{file.Name}: {file.Lines} lines");

        Faults.AreNone(faults);
    }

    [Fact]
    public void Nothing_lies_deep()
    {
        var faults = Product.Sources
            .Where(file => file.Name.Replace("src/Engines/", "src/", StringComparison.Ordinal).Split('/').Length - 1 > MostDepth)
            .Select(file => file.Name);

        Faults.AreNone(faults);
    }

    /// <summary>A folder that is not below the one of its test process stays for ever once that process is killed.</summary>
    [Fact]
    public void Tests_make_their_folders_where_they_are_swept()
    {
        const string Elsewhere = "Directory.CreateTemp" + "Subdirectory(";

        Faults.AreNone(Product.Files
            .Where(file => file.Name.StartsWith("test/", StringComparison.Ordinal) && file.Text.Contains(Elsewhere, StringComparison.Ordinal))
            .Select(file => $"{file.Name}: use Scratch.NewFolder"));
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        var faults = Product.Sources
            .Where(file => Path.GetFileName(file.Name) != "Program.cs")
            .Where(file => !Namespaces(file).Any(name => file.Code.Contains($"\nnamespace {name};", StringComparison.Ordinal) || file.Code.StartsWith($"namespace {name};", StringComparison.Ordinal)))
            .Select(file => file.Name);

        Faults.AreNone(faults);
    }

    /// <summary>An engine, which others use as a package, may show all its folders as one namespace.</summary>
    private static IEnumerable<string> Namespaces(SourceFile file)
    {
        var isEngine = file.Name.StartsWith("src/Engines/", StringComparison.Ordinal);
        var parts = file.Folder.Split('/')[(isEngine ? 2 : 1)..];
        yield return string.Join('.', parts);
        if (isEngine)
        {
            yield return parts[0];
        }
    }
}
