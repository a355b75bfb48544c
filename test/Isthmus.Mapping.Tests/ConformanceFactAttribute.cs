using System.Runtime.CompilerServices;

namespace Isthmus.Mapping.Tests;

/// <summary>A test over the public case files; where the folder is absent it is reported as skipped, with the reason.</summary>
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute(string folder, string? tool = null)
    {
        if (tool is not null && !(Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, tool))))
        {
            Skip = $"{tool} is not on the path.";
        }

        if (!Directory.Exists(Path.Combine(Root, folder)))
        {
            Skip = $"No conformance data: set ISTHMUS_CONFORMANCE to a folder that holds {folder}/.";
        }
    }

    public static string Root { get; } = Environment.GetEnvironmentVariable("ISTHMUS_CONFORMANCE") ?? BesideTheRepository();

    private static string BesideTheRepository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "shared", "conformance"));
}
