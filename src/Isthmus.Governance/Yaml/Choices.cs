namespace Isthmus.Governance.Yaml;

/// <summary>The values of an enum as they are written in a site: kebab-case.</summary>
internal static class Choices<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> ByName =
        Enum.GetValues<T>().ToDictionary(v => Kebab(v.ToString()), StringComparer.Ordinal);

    /// <summary>For a fault: <c>one of full, minimised-pseudonymised</c>.</summary>
    public static string Names { get; } = $"one of {string.Join(", ", ByName.Keys)}";

    public static bool TryParse(string text, out T value) => ByName.TryGetValue(text, out value);

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? $"{(i == 0 ? string.Empty : "-")}{char.ToLowerInvariant(c)}" : c.ToString()));
}
