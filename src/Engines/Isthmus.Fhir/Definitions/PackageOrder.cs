namespace Isthmus.Fhir.Definitions;

/// <summary>In which order packages are laid over each other: what is built on comes first.</summary>
public sealed record PackageOrder(IReadOnlyList<DefinitionPackage> Packages, IReadOnlyList<string> Missing)
{
    /// <summary>R4 itself is in every set, under whatever name a package asks for it.</summary>
    private const string Core = "hl7.fhir.r4.";

    /// <summary>
    /// The packages in dependency order, otherwise as given, and which dependencies (<c>name#version</c>) are not among them.
    /// A version ending in <c>.x</c> asks for any of that line. Packages that depend on each other in a circle stay as given.
    /// </summary>
    public static PackageOrder Of(IReadOnlyCollection<DefinitionPackage> packages)
    {
        var ordered = new List<DefinitionPackage>();
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        var visited = new HashSet<DefinitionPackage>();
        foreach (var package in packages)
        {
            Visit(package);
        }

        return new PackageOrder(ordered, [.. missing]);

        void Visit(DefinitionPackage package)
        {
            if (!visited.Add(package))
            {
                return;
            }

            foreach (var (name, version) in package.Dependencies.Where(dependency => !dependency.Key.StartsWith(Core, StringComparison.Ordinal)))
            {
                var found = packages.Where(other => other.Name == name && Meets(other.Version, version)).ToArray();
                if (found.Length == 0)
                {
                    missing.Add($"{name}#{version}");
                }

                foreach (var other in found)
                {
                    Visit(other);
                }
            }

            ordered.Add(package);
        }
    }

    private static bool Meets(string version, string asked) =>
        version == asked || asked is "" or "latest" or "current" || (asked.EndsWith(".x", StringComparison.Ordinal) && version.StartsWith(asked[..^1], StringComparison.Ordinal));
}
