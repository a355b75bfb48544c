using System.Text.RegularExpressions;

namespace Isthmus.Rules.Tests.Structure;

/// <summary>
/// Folders of a project depend on each other in one direction only. An edge runs from folder A to folder B when a
/// file in A names a type that B declares and sees B's namespace. The project's own folder stands outside: it
/// holds the words that all its folders use, and composes them.
/// </summary>
public sealed partial class FolderCycles
{
    public static TheoryData<string> Projects => [.. Product.Projects.Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_of_a_project_do_not_depend_on_each_other_in_circles(string name)
    {
        var project = Product.Projects.Single(candidate => candidate.Name == name);
        var files = Product.Sources.Where(file => file.Name.StartsWith(project.Folder + "/", StringComparison.Ordinal)).ToArray();

        Faults.AreNone(Circles(Edges([.. files.Where(file => file.Folder != project.Folder)])));
    }

    private static Dictionary<string, SortedSet<string>> Edges(SourceFile[] files)
    {
        var declaredIn = files
            .SelectMany(file => Declaration().Matches(file.Code).Select(match => (Type: match.Groups["name"].Value, file.Folder)))
            .GroupBy(declaration => declaration.Type, StringComparer.Ordinal)
            .Where(declarations => declarations.Select(declaration => declaration.Folder).Distinct().Count() == 1)
            .ToDictionary(declarations => declarations.Key, declarations => declarations.First().Folder, StringComparer.Ordinal);
        var namespaceOf = files
            .Select(file => (file.Folder, Namespace: Namespace().Match(file.Code).Groups["name"].Value))
            .Where(file => file.Namespace.Length > 0)
            .DistinctBy(file => file.Folder)
            .ToDictionary(file => file.Folder, file => file.Namespace, StringComparer.Ordinal);

        var edges = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var own = namespaceOf.GetValueOrDefault(file.Folder, "");
            var seen = Using().Matches(file.Code).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
            foreach (var word in Word().Matches(file.Code).Select(match => match.Value).Distinct())
            {
                if (declaredIn.TryGetValue(word, out var target) && target != file.Folder
                    && namespaceOf.TryGetValue(target, out var theirs)
                    && (theirs == own || seen.Contains(theirs) || own.StartsWith(theirs + ".", StringComparison.Ordinal) || file.Code.Contains(theirs + "." + word, StringComparison.Ordinal)))
                {
                    if (!edges.TryGetValue(file.Folder, out var targets))
                    {
                        edges.Add(file.Folder, targets = new SortedSet<string>(StringComparer.Ordinal));
                    }

                    targets.Add(target);
                }
            }
        }

        return edges;
    }

    /// <summary>Every circle once, as "A → B → A".</summary>
    private static SortedSet<string> Circles(Dictionary<string, SortedSet<string>> edges)
    {
        var circles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var start in edges.Keys)
        {
            Visit([start]);
        }

        return circles;

        void Visit(List<string> path)
        {
            foreach (var next in edges.GetValueOrDefault(path[^1], []))
            {
                if (next == path[0])
                {
                    // Told from its first folder in order, so that each circle appears once.
                    if (path.Min(StringComparer.Ordinal) == path[0])
                    {
                        circles.Add(string.Join(" → ", path.Append(next)));
                    }
                }
                else if (!path.Contains(next))
                {
                    Visit([.. path, next]);
                }
            }
        }
    }

    [GeneratedRegex(@"^\s*(public|internal|file)\s[\w\s]*\b(class|struct|record|interface|enum|delegate\s+\S+)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using\s+(static\s+)?(?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Using();

    [GeneratedRegex(@"\b[A-Z]\w*\b", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
