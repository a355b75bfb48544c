using Xunit;

namespace Isthmus.Testing;

/// <summary>Programs of other people that a test runs.</summary>
public static class Programs
{
    /// <summary>Where it is, on the path or among the system's own; null where it is not installed.</summary>
    public static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}

/// <summary>A test that runs other people's programs; where one is not installed it is reported as skipped, with the Debian packages to install.</summary>
public sealed class NeedsProgramsFactAttribute : FactAttribute
{
    /// <param name="programs">Each is called as its Debian package.</param>
    public NeedsProgramsFactAttribute(params string[] programs)
    {
        var missing = programs.Where(program => Programs.Find(program) is null).ToArray();
        Skip = missing.Length == 0 ? null : $"Not installed: apt-get install {string.Join(' ', missing)}";
    }
}
