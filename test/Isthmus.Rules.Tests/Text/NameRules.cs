using System.Text.RegularExpressions;

namespace Isthmus.Rules.Tests.Text;

/// <summary>Names are the field's own words. Some words name nothing and are not used.</summary>
public sealed partial class NameRules
{
    private static readonly HashSet<string> NameNothing = new(StringComparer.OrdinalIgnoreCase)
    {
        "Common", "Core", "Shared", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Manager", "Managers",
        "Infrastructure", "Base", "Misc", "Impl",
    };

    /// <summary>Where such a word is the field's own: a benchmark holds the process on one core of the processor.</summary>
    private static readonly HashSet<string> Meant = new(StringComparer.Ordinal) { "OneCore" };

    [Fact]
    public void Folders_files_and_types_have_names_that_mean_something()
    {
        var paths = Product.Files
            .Where(file => file.Name.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(file => file.Name.Split('/', '.').Except(Meant).SelectMany(Words).Where(NameNothing.Contains).Select(word => $"{file.Name}: {word}"));
        var types = Product.Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.FullName!.StartsWith("Isthmus", StringComparison.Ordinal) && !Meant.Contains(type.Name))
            .SelectMany(type => Words(type.Name).Where(NameNothing.Contains).Select(word => $"{type.FullName}: {word}"));

        Faults.AreNone(paths.Concat(types));
    }

    private static IEnumerable<string> Words(string name) => Word().Matches(name).Select(match => match.Value);

    [GeneratedRegex("[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
