using Xunit;

namespace Isthmus.Testing;

/// <summary>Where the public case files are: <c>ISTHMUS_CONFORMANCE</c>, else <c>shared/conformance</c> beside the repository.</summary>
public static class Conformance
{
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("ISTHMUS_CONFORMANCE") is { Length: > 0 } asked
            ? asked
            : Path.GetFullPath(Repository.PathOf("..", "shared", "conformance"));

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Null when the folder is there; else why the tests on it are skipped.</summary>
    public static string? Missing(string folder) =>
        Directory.Exists(PathOf(folder)) ? null : $"No conformance data: set ISTHMUS_CONFORMANCE to a folder that holds {folder}/";
}

/// <summary>A test over public case files; where the folder is absent it is reported as skipped, with the reason.</summary>
public sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute(string folder) => Skip = Conformance.Missing(folder);
}

/// <inheritdoc cref="ConformanceFactAttribute"/>
public sealed class ConformanceTheoryAttribute : TheoryAttribute
{
    public ConformanceTheoryAttribute(string folder) => Skip = Conformance.Missing(folder);
}
