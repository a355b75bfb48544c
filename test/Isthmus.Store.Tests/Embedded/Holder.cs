using System.Diagnostics;
using System.Globalization;

namespace Isthmus.Store.Tests.Embedded;

/// <summary>A real process that holds the embedded server of a data folder, to be killed or ended.</summary>
internal sealed class Holder : IAsyncDisposable
{
    private readonly Process process;

    private Holder(Process process) => this.process = process;

    /// <summary>The postmaster that answered this holder.</summary>
    public int ServerProcessId { get; private set; }

    public static async Task<Holder> StartAsync(string dataFolder)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Isthmus.Testing.PostgresHolder.dll");
        var holder = new Holder(Process.Start(new ProcessStartInfo("dotnet", [program, dataFolder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!);
        var line = await holder.process.StandardOutput.ReadLineAsync();
        Assert.False(string.IsNullOrEmpty(line), "The holder ended before its server answered.");
        holder.ServerProcessId = int.Parse(line, CultureInfo.InvariantCulture);
        return holder;
    }

    /// <summary>SIGKILL: the process gets no chance to stop anything.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
