using System.Diagnostics;
using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;

namespace Isthmus.Host.Running;

/// <summary>
/// A zone as a process of its own: it is given its own login and its own keys in a folder of its own, and an address
/// without the owner's login; when another site is put into force, the keys that this one asks for. One that dies is started again.
/// </summary>
internal sealed partial class ZoneProcess(ZoneName zone, Installation installation, LiveSite live, ILogger logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>A drain ends within this, or is ended.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly string folder = Path.Combine(installation.DataFolder, "zones", zone.Word());

    public async Task RunAsync(Action<ZonesReady> announced, CancellationToken draining)
    {
        GiveLogin();
        GiveKeys(live.Current);
        live.Changed += GiveNewKeys;
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

    private void GiveLogin()
    {
        var credentials = Own("credentials");
        foreach (var login in ZoneNames.RolesOf(zone).Select(role => role.LoginName()))
        {
            File.Copy(Path.Combine(installation.Credentials.Folder, login), Path.Combine(credentials, login), overwrite: true);
        }
    }

    private void GiveKeys(SiteModel site) => SiteKeys.Give(zone, site, installation.KeyFiles, Own("keys"));

    /// <summary>A key that is not there yet keeps the zone from what it is for, and from nothing else.</summary>
    private void GiveNewKeys(SiteModel site)
    {
        try
        {
            GiveKeys(site);
        }
        catch (Exception e) when (e is KeyMissingException or IOException or UnauthorizedAccessException)
        {
            LogKeyNotGiven(logger, zone.Word(), e.Message);
        }
    }

    private string Own(string kind)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return Directory.CreateDirectory(Path.Combine(folder, kind), OwnerOnly).FullName;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Zone {Zone} was not given a key of the site now in force: {Why}")]
    private static partial void LogKeyNotGiven(ILogger logger, string zone, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Zone {Zone} ended with code {Code}; starting it again")]
    private static partial void LogDied(ILogger logger, string zone, int code);
}
