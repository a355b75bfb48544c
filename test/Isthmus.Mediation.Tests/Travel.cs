using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Phi;
using Isthmus.Governance;
using Isthmus.Mediation.Admit;
using Isthmus.Mediation.Alarm;
using Isthmus.Mediation.Inbox;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Read;
using Isthmus.Mediation.Sites;
using Isthmus.Mediation.Validate;
using Isthmus.Testing;

namespace Isthmus.Mediation.Tests;

/// <summary>One message on its way through the stages that need no database, under the demo site's contract.</summary>
internal sealed class Travel
{
    private const string Source = "lab";

    private static readonly SiteRuntime Site = SiteRuntime.Compile(Load(), [1, 2, 3, 4])!;

    private readonly ReaderPool readers = new();

    private Travel(int attempts) => Trail = new Trail(new Leased(
        Id: 7, Received: DateTimeOffset.UnixEpoch, Partition: 0, OrderKey: 0, Attempts: attempts, Replayed: false, Source: Source,
        ControlId: "C1", ControlIdReused: false, SealKey: 1, SealNonce: 1, Sealed: [], Site: Site, IsPinnedSiteGone: false));

    public Trail Trail { get; }

    /// <summary>What the stages after validation would see; null when the message stopped before.</summary>
    public Valid? Arrived { get; private set; }

    /// <summary>Takes a sample of the demo site along, changed as asked.</summary>
    public static Travel Of(string sample, Func<string, string>? change = null, int attempts = 1)
    {
        var text = File.ReadAllText(Repository.PathOf("site", "demo", "samples", "messages", sample + ".hl7")).ReplaceLineEndings("\r");
        var travel = new Travel(attempts);
        travel.Go(change is null ? text : Changed(text, change));
        return travel;
    }

    private static string Changed(string text, Func<string, string> change)
    {
        var changed = change(text);
        Assert.NotEqual(text, changed);
        return changed;
    }

    private void Go(string text)
    {
        var contract = Site.ContractOf(Source)!;
        var opened = new Opened(Trail.Message, contract, new PhiBytes(Encoding.UTF8.GetBytes(text)));
        var way = new Way<Opened>([(opened, Trail)])
            .Then(new Parse(readers))
            .Then(new DetectCritical())
            .Then(new AdmitFields(readers))
            .Then(new ValidateMessage());
        Arrived = way.Travelling.SingleOrDefault().Context;
    }

    private static SiteModel Load()
    {
        var (files, _) = SiteFolder.Read(Repository.PathOf("site", "demo"));
        var load = SiteLoader.Load(files!, new Dictionary<string, string>(StringComparer.Ordinal), new DateOnly(2026, 11, 20));
        Assert.Empty(load.Faults);
        return load.Model!;
    }
}
