using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Ledger;
using Isthmus.Mediation.Route;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Persons;
using Isthmus.Records;
using Isthmus.Records.Commit;
using Isthmus.Records.Keys;
using Isthmus.Store.Leases;
using Isthmus.Trust.Keys.Sealing;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Mediation.Commit;

/// <summary>
/// One effect: everything that a batch changes, raises, queues and owes commits together, under the lease, or not at all.
/// </summary>
internal sealed class CommitBatch(
    NpgsqlDataSource source, TenantKeys keys, RecordCommit records, Sealer sealer, RouteToDestinations route, PartitionLeases leases)
{
    private static readonly JsonSerializerOptions CommittedShape = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly short tenant = keys.Tenant;

    /// <exception cref="PostgresException">Nothing of the batch took effect. <see cref="PartitionLeases.LostSqlState"/>: another node has the work.</exception>
    public async Task CommitAsync(IReadOnlyList<Carried> carried, IReadOnlyCollection<LeasedPartition> under, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var session = await sealer.CurrentAsync(cancellation);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // 1. Is the work still ours? Then the persons met for the first time.
        await using (var begin = new NpgsqlBatch(connection, transaction))
        {
            begin.BatchCommands.Add(leases.Fence(under));
            IdentityTable.AddNew(begin, tenant, [.. carried.Select(c => c.Trail.NewPerson).OfType<NewPerson>()]);
            await begin.ExecuteNonQueryAsync(cancellation);
        }

        var routed = carried.Where(c => c.Routed is not null).ToArray();
        await LeaveOutWhatWentAsync(connection, routed, cancellation);
        var packs = routed.Select(c => c.Routed!.Pack).ToArray();
        var numbers = new Dictionary<Guid, long>();
        IReadOnlyList<RecordVersions> versions = [];
        IReadOnlyList<long> packIds = [];
        if (routed.Length > 0)
        {
            // 2. The persons' locks, and numbers for their deliveries.
            var needed = NumbersNeeded(routed);
            numbers = await IdentityTable.LockAndNumberAsync(connection, needed, cancellation);
            if (numbers.Count < needed.Length)
            {
                throw new WorkAgainException("A person was merged into another meanwhile.");
            }

            // 3. What is new, what is late.
            versions = await RecordCommit.CompareAsync(connection, packs, cancellation);
            packIds = await RecordCommit.NewPackIdsAsync(connection, packs.Length, cancellation);
            for (var i = 0; i < routed.Length; i++)
            {
                HoldBackStale(routed[i], versions[i]);
            }

            // What of the same patients has stopped before, in this batch or an earlier one.
            var stopped = await StoppedTable.BeforeAsync(connection, tenant, routed, cancellation);
            KeepOrder(carried, [.. stopped]);
            if (carried.Count > 1 && routed.Any(c => c.Trail is { Merged: not null, Stopped: not null }))
            {
                throw new WorkAgainException("A merge must wait, and what came behind it took it for done.");
            }
        }

        // 4. Everything at once. The step names what it took to find out; the writing itself cannot be in what is written.
        var elapsed = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        foreach (var message in routed.Where(c => c.Trail.Stopped is null))
        {
            message.Trail.EndStage("commit", stop: null, elapsed);
        }

        await using (var effect = new NpgsqlBatch(connection, transaction))
        {
            await records.WriteAsync(connection, effect, packs, versions, packIds, cancellation);
            DeliveryTable.Add(effect, tenant, routed, numbers, session);
            MergeTable.Add(effect, tenant, routed);
            IdentityTable.Restate(effect, tenant, [.. routed.Where(c => c.Trail.Stopped is null).Select(c => c.Trail.Restated).OfType<RestatedPerson>()]);
            SignalTable.Add(effect, tenant, carried);
            GapTable.Add(effect, tenant, carried);
            UnmappedCodeTable.Add(effect, keys, carried);
            ApplicationAnswerTable.Add(effect, tenant, carried, session);
            StoppedTable.Add(effect, tenant, carried);
            MessageTable.Add(effect, tenant, carried);
            MessageTable.Settle(effect, carried);
            LedgerAppend.AddTo(effect, tenant, [.. carried.SelectMany(EventsOf)]);
            await effect.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>A replayed message goes only where it has not gone: what was delivered stays delivered.</summary>
    private static async Task LeaveOutWhatWentAsync(NpgsqlConnection connection, Carried[] routed, CancellationToken cancellation)
    {
        Carried[] replayed = [.. routed.Where(c => c.Trail.Message.Replayed)];
        if (replayed.Length == 0)
        {
            return;
        }

        var underWay = await DeliveryTable.UnderWayAsync(connection, [.. replayed.Select(c => c.Trail.Message.Id)], cancellation);
        foreach (var message in replayed)
        {
            message.Deliveries = [.. message.Deliveries.Where(d => !underWay.Contains((message.Trail.Message.Id, d.Terms.Name)))];
        }
    }

    private static (Guid, int)[] NumbersNeeded(Carried[] routed) =>
    [
        .. routed.Select(c => (Person: c.Routed!.Translated.Identified.Person.Value, c.Deliveries.Count))
            .Concat(routed.Where(c => c.Trail.Merged is not null).Select(c => (c.Trail.Merged!.Gone.Value, 0)))
            .GroupBy(n => n.Item1).Select(g => (g.Key, g.Sum(n => n.Item2))),
    ];

    /// <summary>
    /// A late result is kept and reported, and does not travel on. Where all results of a message are late, the message is
    /// refused; where some are, the others go without them.
    /// </summary>
    private void HoldBackStale(Carried carried, RecordVersions versions)
    {
        var resources = carried.Routed!.Pack.Resources;
        var stale = Enumerable.Range(0, resources.Count).Where(i => versions.All[i].Effect == CommitEffect.Stale).ToArray();
        if (stale.Length == 0)
        {
            return;
        }

        if (stale.Any(i => resources[i].Type == "Patient" && resources[i].Standing.Rank > 0))
        {
            carried.Trail.Note(CommitRules.StaleDemographics);
        }

        var staleResults = stale.Count(i => IsResult(resources[i]));
        if (staleResults > 0)
        {
            carried.Trail.Note(CommitRules.Stale);
            carried.Trail.Owe(new LedgerEvent(
                LedgerKinds.ResultStale, "mediation", carried.Trail.Message.Id, carried.Trail.Person,
                JsonSerializer.Serialize(new { results = staleResults })));
        }

        if (staleResults > 0 && staleResults == resources.Count(IsResult))
        {
            carried.Deliveries = [];
            carried.Trail.EndStage("commit", Path.Stop.Refuse(CommitRules.Stale), 0);
            return;
        }

        ResourceDraft[] current = [.. resources.Where((_, i) => versions.All[i].Effect != CommitEffect.Stale)];
        carried.Deliveries = [.. carried.Deliveries.Select(d => Remake(carried, d, current)).OfType<PreparedDelivery>()];
    }

    private static bool IsResult(ResourceDraft resource) => resource.Standing.Rank > 0 && resource.Type != "Patient";

    private PreparedDelivery? Remake(Carried carried, PreparedDelivery delivery, IReadOnlyList<ResourceDraft> current) =>
        !delivery.IsPermitted ? delivery
        : route.PayloadFor(carried.Trail, delivery.Terms, carried.Routed!.Pack, current) is { } payload ? delivery with { Payload = payload }
        : null;

    /// <summary>
    /// Behind a stopped message of the same patient, results and demographics pass marked, or wait, as the contract says for each
    /// (ARCHITECTURE.md, invariant 5).
    /// </summary>
    private static void KeepOrder(IReadOnlyList<Carried> carried, List<StoppedMessage> stopped)
    {
        foreach (var one in carried.OrderBy(c => c.Trail.Message.Id))
        {
            var (message, person) = (one.Trail.Message, one.Trail.Person?.Value);
            if (one.Trail.Stopped is null
                && stopped.Where(s => s.IsBefore(message.Id, message.OrderKey, person) || s.IsBefore(message.Id, message.OrderKey, one.Trail.Merged?.Gone.Value)).Select(s => s.Id).Distinct().Order().ToArray() is { Length: > 0 } earlier)
            {
                if (BehindTerm(one) == BehindStopped.Hold)
                {
                    one.Deliveries = [];
                    one.Trail.EndStage("commit", Path.Stop.AskHuman(CommitRules.HeldBehindEarlier), 0);
                }
                else
                {
                    one.EarlierPending = earlier;
                    one.Trail.Note(CommitRules.EarlierPending);
                }
            }

            if (one.HoldsOthers)
            {
                stopped.Add(new StoppedMessage(message.Id, message.OrderKey, person));
            }
        }
    }

    private static BehindStopped BehindTerm(Carried carried)
    {
        var order = carried.Trail.Message.Contract!.Order;
        return carried.Trail.Kind == MessageKind.Clinical ? order.Results : order.Demographics;
    }

    private static IEnumerable<LedgerEvent> EventsOf(Carried carried)
    {
        var trail = carried.Trail;
        var message = trail.Message;
        if (!message.Replayed)
        {
            yield return new LedgerEvent(IsOfResults(trail) ? LedgerKinds.ResultReceived : LedgerKinds.DemographicsReceived, "inbound", message.Id, trail.Person, JsonSerializer.Serialize(new
            {
                source = message.Source,
                control = message.ControlId,
                received = message.Received,
            }));
        }

        foreach (var owed in trail.Events)
        {
            yield return owed;
        }

        yield return trail.Stopped is { } stop
            ? new LedgerEvent(KindOf(stop.Outcome), "mediation", message.Id, trail.Person, JsonSerializer.Serialize(new
            {
                rule = stop.Finding.Rule,
                location = stop.Finding.Location,
            }))
            : new LedgerEvent(IsOfResults(trail) ? LedgerKinds.ResultCommitted : LedgerKinds.DemographicsCommitted, "mediation", message.Id, trail.Person, JsonSerializer.Serialize(new
            {
                resources = carried.Routed!.Pack.Resources.Count,
                contract = message.Contract!.Id,
                site = message.Site.Version,
                maps = message.Site.Maps.Version,
                passed = carried.EarlierPending.Count > 0 ? carried.EarlierPending : null,
            }, CommittedShape));
    }

    private static bool IsOfResults(Path.Trail trail) => trail.Kind == MessageKind.Clinical;

    private static string KindOf(Outcome outcome) => outcome switch
    {
        Outcome.Quarantined => LedgerKinds.MessageQuarantined,
        Outcome.Refused => LedgerKinds.MessageRefused,
        _ => LedgerKinds.MessageHeld,
    };
}
