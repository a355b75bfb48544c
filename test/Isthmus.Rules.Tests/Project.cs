using System.Xml.Linq;

namespace Isthmus.Rules.Tests;

/// <summary>What a project file says.</summary>
internal sealed record Project(
    string Name, string AssemblyName, string Folder, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyList<string> Frameworks)
{
    /// <summary>An engine, and not a tool that the build of one runs.</summary>
    public bool IsEngine => Folder.StartsWith("src/Engines/", StringComparison.Ordinal) && !Folder.EndsWith(".Compiler", StringComparison.Ordinal);

    public static Project Read(SourceFile file)
    {
        var content = XDocument.Parse(file.Text);
        var name = Path.GetFileNameWithoutExtension(file.Name);
        return new Project(
            name,
            content.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name,
            file.Folder,
            [.. Included(content, "ProjectReference", reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false").Select(Path.GetFileNameWithoutExtension)!],
            [.. Included(content, "PackageReference")],
            [.. Included(content, "FrameworkReference")]);
    }

    private static IEnumerable<string> Included(XDocument content, string element, Func<XElement, bool>? which = null) =>
        content.Descendants(element).Where(which ?? (_ => true)).Select(item => (string)item.Attribute("Include")!);
}
