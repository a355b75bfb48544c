using System.Diagnostics;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Running;

/// <summary>
/// A zone as a process of its own: it is given its own login and its own keys in a folder of its own, and an address
/// without the owner's login. One that dies is started again.
/// </summary>
internal sealed partial class ZoneProcess(ZoneName zone, Installation installation, SiteModel site, ILogger logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>A drain ends within this, or is ended.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly string folder = Path.Combine(installation.DataFolder, "zones", zone.Word());

    public async Task RunAsync(Action<ZonesReady> announced, CancellationToken draining)
    {
        GiveWhatIsItsOwn();
        var pause = ShortestPause;
        while (!draining.IsCancellationRequested)
        {
            var begun = Stopwatch.GetTimestamp();
            using var process = Start();
            var relaying = RelayAsync(process, announced);
            try
            {
                await process.WaitForExitAsync(draining);
            }
            catch (OperationCanceledException)
            {
                await DrainAsync(process);
                await relaying;
                return;
            }

            await relaying;
            LogDied(logger, zone.Word(), process.ExitCode);
            pause = Stopwatch.GetElapsedTime(begun) > LongestPause ? ShortestPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            await Task.Delay(pause, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void GiveWhatIsItsOwn()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var (credentials, keys) = (Path.Combine(folder, "credentials"), Path.Combine(folder, "keys"));
        Directory.CreateDirectory(credentials, OwnerOnly);
        Directory.CreateDirectory(keys, OwnerOnly);
        var login = ZoneNames.RoleOf(zone).LoginName();
        File.Copy(Path.Combine(installation.Credentials.Folder, login), Path.Combine(credentials, login), overwrite: true);
        foreach (var name in SiteKeys.Of(zone, site))
        {
            File.Copy(installation.Keys.Existing(name), Path.Combine(keys, name), overwrite: true);
        }
    }

    private Process Start()
    {
        var start = SelfProcess.StartInfo(["serve", "--roles", zone.Word(), "--with-parent", "--json"]);
        start.Environment["ISTHMUS_STORE"] = installation.Address;
        start.Environment["ISTHMUS_CREDENTIALS"] = Path.Combine(folder, "credentials");
        start.Environment["ISTHMUS_KEYS"] = Path.Combine(folder, "keys");
        start.Environment["ISTHMUS_DATA"] = folder;
        start.Environment["ISTHMUS_WATCHED_FOLDER"] = installation.WatchedFolder ?? string.Empty;
        start.Environment.Remove("ISTHMUS_DATABASE");
        return Process.Start(start)!;
    }

    private static async Task RelayAsync(Process process, Action<ZonesReady> announced)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            announced(ZonesReady.Read(line));
        }
    }

    private static async Task DrainAsync(Process process)
    {
        // Closing the pipe asks the zone to drain; see ServeCommand.
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(DrainLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Zone {Zone} ended with code {Code}; starting it again")]
    private static partial void LogDied(ILogger logger, string zone, int code);
}
