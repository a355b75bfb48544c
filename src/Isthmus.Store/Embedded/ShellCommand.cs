using System.ComponentModel;
using System.Diagnostics;

namespace Isthmus.Store.Embedded;

/// <summary>Runs a program of the operating system to its end.</summary>
internal static class ShellCommand
{
    internal readonly record struct Answer(int ExitCode, string Text)
    {
        public bool Succeeded => ExitCode == 0;
    }

    private const int CannotStart = 127;

    /// <summary>Exit code and both output streams of a program; 127, as in a shell, when there is no such program.</summary>
    public static async Task<Answer> RunAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Describe(command) };
        process.StartInfo.RedirectStandardOutput = true;
        process.StartInfo.RedirectStandardError = true;
        try
        {
            process.Start();
        }
        catch (Win32Exception absent)
        {
            return new Answer(CannotStart, absent.Message);
        }

        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new Answer(process.ExitCode, (await output + await errors).Trim());
    }

    /// <summary>
    /// A start description that depends on nothing around it: no PG* variable of the caller decides for the
    /// server, messages are English, and the working folder is one that every account can enter.
    /// </summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = "/" };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
