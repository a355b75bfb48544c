namespace Isthmus.Exchange.Contracts;

/// <summary>
/// The site as it is now, and as it was: a worker reads <see cref="Current"/> once per message and pins its version;
/// a delivery or a replay as it was asks for the version on its row.
/// </summary>
public interface LiveSite
{
    SiteModel Current { get; }

    /// <summary>Raised after <see cref="Current"/> was swapped, on the thread that swapped it.</summary>
    event Action<SiteModel>? Changed;

    /// <summary>The snapshot of that version, or null when none was ever applied.</summary>
    ValueTask<SiteModel?> AtAsync(string version, CancellationToken cancellation);
}
