using System.Diagnostics;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary>The command line as people have it: a process with arguments, an exit code and two streams.</summary>
internal static class CommandProcess
{
    public static Task<(int Code, string Answer, string Complaint)> RunAsync(params string[] arguments) =>
        RunAsync(new Dictionary<string, string>(), arguments);

    /// <summary>On a test's store, with keys from a folder.</summary>
    public static Task<(int Code, string Answer, string Complaint)> RunAsync(TestStore store, string keys, params string[] arguments) =>
        RunAsync(
            new Dictionary<string, string>
            {
                ["ISTHMUS_STORE"] = store.OwnerAddress, ["ISTHMUS_CREDENTIALS"] = store.Credentials.Folder, ["ISTHMUS_KEYS"] = keys,
            },
            arguments);

    public static async Task<(int Code, string Answer, string Complaint)> RunAsync(Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "isthmus.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadToEndAsync();
        var complaint = process.StandardError.ReadToEndAsync();
        await Task.WhenAll(answer, complaint, process.WaitForExitAsync());
        return (process.ExitCode, await answer, await complaint);
    }
}
