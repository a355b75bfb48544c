using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Deliveries;
using Isthmus.Exchange.Packs;
using Isthmus.Outbound.Connectors;
using Isthmus.Outbound.Resilience;
using Isthmus.Trust.Consent.Decision;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;

namespace Isthmus.Outbound.Deliveries;

/// <summary>One attempt at one delivery: open the payload, decide consent over it, send what is not overtaken, and judge the outcome.</summary>
internal sealed class Attempt(
    DestinationSettings destination, Connector connector, BegunAttempts begun, ConsentGate consent, Opener opener, OutboundMeter meter,
    Random jitter, TimeProvider time)
{
    public const string PayloadUnreadable = "delivery.payload-unreadable";
    public const string ContractMissing = "delivery.contract-missing";
    public const string Crashed = "delivery.crashed";
    public const string ConsentDenied = "delivery.consent-denied";
    public const string OvertakenInPart = "delivery.overtaken-in-part";

    /// <summary>
    /// A delivery that was in flight in this many crashes, the later ones alone, is not tried again without a person.
    /// </summary>
    public const int MostCrashes = 8;

    /// <summary>More than a large payload needs is not kept for the next one.</summary>
    private const int MostRoomKept = 1024 * 1024;

    /// <summary>Where payloads are unpacked; empty between two.</summary>
    private readonly ConcurrentBag<ArrayBufferWriter<byte>> rooms = [];

    /// <exception cref="OperationCanceledException">Cancelled before the partner answered; the delivery stays as it was.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The seal session could not be read; nothing was sent.</exception>
    public async Task<(Settlement Settlement, DeliveryResult? Sent)> MakeAsync(
        Chain chain, SiteModel site, Action<Settlement, bool> done, CancellationToken cancellation)
    {
        var delivery = chain.Current;
        var contract = ContractOf(delivery, site);
        var untried = new Settlement
        {
            Delivery = delivery,
            Destination = destination.Name,
            State = DeliveryState.Dead,
            Attempts = delivery.Attempts,
            MayHaveBegun = !connector.RepeatsAreSafe,
            Done = done,
        };

        // 1 What forbids to touch it at all.
        if (contract?.Destination(destination.Name) is not { } terms)
        {
            return (untried with { Rule = ContractMissing }, null);
        }

        if (delivery.Crashes >= MostCrashes)
        {
            return (untried with { Rule = Crashed }, null);
        }

        // 2 What it holds, and whether that may go there now.
        IReadOnlyList<PackedResource> documents;
        ConsentDecision decision;
        var room = rooms.TryTake(out var spare) ? spare : new ArrayBufferWriter<byte>(32 * 1024);
        try
        {
            documents = await OpenAsync(delivery, room, cancellation);
            decision = consent.Decide(delivery, contract, terms, chain.Consents, documents);
        }
        catch (Exception damaged) when (damaged is CryptographicException or InvalidDataException or JsonException)
        {
            return (untried with { Rule = PayloadUnreadable }, null);
        }

        var decided = untried with { Consent = decision, KeepsPayload = terms.PayloadRetention > TimeSpan.Zero };
        if (!decision.Permits)
        {
            return (decided with { State = DeliveryState.Denied, Rule = ConsentDenied }, null);
        }

        // 3 Send what is not overtaken. A message goes whole or not at all.
        var due = Without(delivery.Overtaken, documents);
        if (due.Count < documents.Count && due.Any(IsMessage))
        {
            if (due.Any(document => !IsMessage(document)))
            {
                return (decided with { Rule = OvertakenInPart, Resources = Names(documents) }, null);
            }

            due = [];
        }

        // 4 Where a repeat is not safe, that the attempt begins is on disk before it does: after a crash a person decides.
        if (!connector.RepeatsAreSafe && due.Count > 0 && !await begun.TryBeginAsync(delivery.Id, cancellation))
        {
            return (decided with { Rule = FailureClass.Ambiguous.Rule(), Resources = Names(due) }, null);
        }

        var started = time.GetTimestamp();
        var result = due.Count == 0
            ? DeliveryResult.Delivered(0)
            : await connector.SendAsync(new DeliveryPayload(delivery.Key, due), cancellation);
        meter.Attempted(destination.Name, result, time.GetElapsedTime(started));
        if (result.Failure is null)
        {
            // Kept only after a clean exchange: a request cut short may still be reading it.
            Keep(room);
        }

        var sent = decided with { State = DeliveryState.Delivered, Attempts = delivery.Attempts + 1, Status = result.Status };
        return (Judge(sent, result, terms, due), result);
    }

    /// <summary>The version in force of the contract under which the delivery was queued; null if the site has it no more.</summary>
    private static IntegrationContract? ContractOf(Delivery delivery, SiteModel site)
    {
        var name = delivery.Contract.AsSpan(0, delivery.Contract.IndexOf('@', StringComparison.Ordinal));
        foreach (var contract in site.Contracts)
        {
            if (name.SequenceEqual(contract.Name))
            {
                return contract;
            }
        }

        return null;
    }

    private Settlement Judge(Settlement settlement, in DeliveryResult result, DestinationTerms terms, IReadOnlyList<PackedResource> sent)
    {
        var delivery = settlement.Delivery;
        if (result.Failure is not { } failure)
        {
            return delivery.BehindDead ? settlement with { Resources = Names(sent) } : settlement;
        }

        var decision = RetryDecision.After(
            failure, connector.RepeatsAreSafe, terms.Retry, terms.WhenDown, settlement.Attempts, delivery.Age, result.RetryAfter, jitter.NextDouble());
        var failed = settlement with { Rule = failure.Rule() };
        return decision.Delay is { } delay
            ? failed with { State = DeliveryState.Pending, Delay = delay }
            : failed with { State = DeliveryState.Dead, Resources = Names(sent) };
    }

    private void Keep(ArrayBufferWriter<byte> room)
    {
        room.Clear();
        if (room.Capacity <= MostRoomKept)
        {
            rooms.Add(room);
        }
    }

    private async Task<IReadOnlyList<PackedResource>> OpenAsync(Delivery delivery, ArrayBufferWriter<byte> room, CancellationToken cancellation)
    {
        var session = await opener.SessionAsync(delivery.SealKey, cancellation);
        var bound = DeliverySeal.Bound(delivery.MessageId, delivery.Person, destination.Name);
        Compression.Unpack(session.Open(delivery.SealedPayload, bound, delivery.SealNonce), room);
        return ResourcePack.Read(room.WrittenMemory);
    }

    /// <summary>Of a replayed delivery's resources those that nothing later has written: an old version never covers a newer one.</summary>
    private static IReadOnlyList<PackedResource> Without(string[] overtaken, IReadOnlyList<PackedResource> documents) =>
        overtaken.Length == 0 ? documents : [.. documents.Where(document => !overtaken.Contains(Name(document), StringComparer.Ordinal))];

    private static bool IsMessage(PackedResource document) => document.Type == DeliverySeal.MessageType;

    private static string[] Names(IReadOnlyList<PackedResource> documents) => [.. documents.Select(Name)];

    private static string Name(PackedResource document) => $"{document.Type}/{document.Id}";
}
