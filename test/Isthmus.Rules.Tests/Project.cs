using System.Xml.Linq;

namespace Isthmus.Rules.Tests;

/// <summary>What a project file says.</summary>
internal sealed record Project(
    string Name, string AssemblyName, string Folder, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyList<string> Frameworks)
{
    public bool IsEngine => Folder.StartsWith("src/Engines/", StringComparison.Ordinal);

    public static Project Read(SourceFile file)
    {
        var content = XDocument.Parse(file.Text);
        var name = Path.GetFileNameWithoutExtension(file.Name);
        return new Project(
            name,
            content.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name,
            file.Folder,
            [.. Included(content, "ProjectReference").Select(Path.GetFileNameWithoutExtension)!],
            [.. Included(content, "PackageReference")],
            [.. Included(content, "FrameworkReference")]);
    }

    private static IEnumerable<string> Included(XDocument content, string element) =>
        content.Descendants(element).Select(item => (string)item.Attribute("Include")!);
}
