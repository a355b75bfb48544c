namespace Isthmus.Testing;

/// <summary>The folder that holds Isthmus itself: <c>ISTHMUS_HOME</c>, else the nearest one above the tests with the list of packages.</summary>
public static class Repository
{
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("ISTHMUS_HOME") is { Length: > 0 } home ? home : FindAbove(AppContext.BaseDirectory);

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {start} is the root of Isthmus. Set ISTHMUS_HOME.");
    }
}
