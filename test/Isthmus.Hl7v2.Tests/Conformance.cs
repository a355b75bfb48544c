using System.Runtime.CompilerServices;

namespace Isthmus.Hl7v2.Tests;

/// <summary>The shared message suite: <c>ISTHMUS_CONFORMANCE</c>, or <c>../shared/conformance</c> beside the repository.</summary>
internal static class Conformance
{
    public static string? Folder { get; } = Find();

    public static string[] Messages() => Folder is null
        ? []
        : Directory.GetFiles(Path.Combine(Folder, "hl7v2", "messages"), "*.hl7").Order(StringComparer.Ordinal).ToArray();

    private static string? Find([CallerFilePath] string thisFile = "")
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("ISTHMUS_CONFORMANCE"),
            Path.Combine(root, "..", "shared", "conformance"),
        ];
        return candidates.FirstOrDefault(folder => folder is not null && Directory.Exists(Path.Combine(folder, "hl7v2", "messages")));
    }
}

/// <summary>Runs only where the shared suite is; elsewhere the test is listed as skipped, with the reason.</summary>
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute()
    {
        if (Conformance.Folder is null)
        {
            Skip = "The conformance suite is not here; set ISTHMUS_CONFORMANCE to its folder.";
        }
    }
}
