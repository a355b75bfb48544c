using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Store.Embedded;

/// <summary>What may differ between one embedded server and another.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>
    /// The folder that holds the cluster, its log and its password, in <c>postgres/</c>. Null takes
    /// <see cref="DefaultDataFolder"/>: <c>ISTHMUS_DATA</c>, else <c>/var/lib/isthmus</c> for root, else <c>isthmus</c>
    /// under <c>XDG_DATA_HOME</c> (<c>~/.local/share</c>).
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>False gives up fsync, for tests whose data may be lost with the power. Never false otherwise.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Connections the server allows, over all processes and logins that share it.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>How long a start may last, with the recovery after a crash and the end of an earlier server before it.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The folder that holds everything durable of this installation when nothing else is asked for.</summary>
    public static string DefaultDataFolder() => ServerFolders.DefaultData();
}
