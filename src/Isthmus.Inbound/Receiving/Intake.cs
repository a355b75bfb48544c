using Isthmus.Exchange.Contracts;
using Isthmus.Inbound.Journal;
using Isthmus.Store.WakeUps;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Npgsql;

namespace Isthmus.Inbound.Receiving;

/// <summary>What takes messages in, wherever they come from: reception, seal, journal, and the measure of the room that is left.</summary>
internal sealed class Intake : IAsyncDisposable
{
    private readonly Func<SiteModel> site;
    private readonly Sealer sealer;
    private readonly JournalWriter journal;
    private readonly WakeSender mediation;
    private SourceDirectory directory;

    /// <param name="source">The edge's login.</param>
    /// <param name="site">The current site; asked anew for every message.</param>
    /// <param name="watchedFolder">Where PostgreSQL's data lies, if on this machine.</param>
    /// <param name="switches">What is switched off; null while that is not known, and then nothing is taken in.</param>
    public Intake(
        NpgsqlDataSource source, KeySource keys, Func<SiteModel> site, string? watchedFolder, Func<SwitchBoard?> switches, InboundMeter meter,
        TimeProvider time)
    {
        this.site = site;
        directory = new SourceDirectory(site());
        sealer = new Sealer(source, keys, SealedTo.Mediation, time);
        journal = new JournalWriter(source, site().Tenant.Id, time);
        mediation = new WakeSender(source, "mediation", time);
        Room = new WatermarkGauge(source, watchedFolder, () => site().Watermarks);
        Desk = new ReceptionDesk(Directory, sealer, journal, Room, switches, mediation, keys.Secret(InboundZone.OrderKeyFile), meter, time);
    }

    public ReceptionDesk Desk { get; }

    /// <summary>To be measured every second.</summary>
    public WatermarkGauge Room { get; }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        await mediation.DisposeAsync();
        sealer.Dispose();
    }

    /// <summary>The directory of the current site, made anew when the site was swapped.</summary>
    private SourceDirectory Directory()
    {
        var current = directory;
        var now = site();
        return current.Version == now.Version ? current : directory = new SourceDirectory(now);
    }
}
