using System.Globalization;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Records;
using Isthmus.Simulators.Lab;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Journeys.Tests.Evidence;

/// <summary>
/// Holds a site that has come to rest to its word: what was acknowledged has exactly one effect, here, at the partners and in the
/// ledger, in the order per person. All that contradicts is told at once.
/// </summary>
internal sealed class OneEffect(Site site, IReadOnlyCollection<OruFacts> acknowledged)
{
    private readonly List<string> contradictions = [];

    public async Task ProveAsync()
    {
        await using var store = await site.OpenStoreAsync();

        // 1. The store and the ledger.
        foreach (var claim in Claim.OfOneEffect)
        {
            await HoldAsync(store, claim);
        }

        // 2. The partners: each delivery took effect there, and nothing took effect twice.
        await ProvePartnerAsync(store, "ehr", site.Counterparts.Ehr);
        await ProvePartnerAsync(store, "registry", site.Counterparts.Registry);
        await ProveVersionsAsync(store);
        await ProveEventsAsync();

        // 3. The chain of the ledger.
        await site.RunAsync("audit", "verify", "--json");

        Assert.True(contradictions.Count == 0, string.Join('\n', contradictions));
    }

    private async Task HoldAsync(NpgsqlConnection store, Claim claim)
    {
        await using var query = new NpgsqlCommand(claim.Sql, store);
        query.Parameters.Add(ControlIds(acknowledged));
        query.Parameters.Add(ControlIds(acknowledged.Where(facts => facts is { IsCritical: true, Status: 'F' })));
        await using var against = await query.ExecuteReaderAsync();
        var found = new List<string>();
        while (await against.ReadAsync())
        {
            found.Add(against.GetString(0));
        }

        Contradict(claim.Sentence, found);
    }

    private static NpgsqlParameter ControlIds(IEnumerable<OruFacts> messages) => new()
    {
        Value = messages.Select(facts => facts.ControlId).ToArray(),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
    };

    /// <summary>What is settled as delivered is what took effect, and per person in the order of the deliveries' numbers.</summary>
    private async Task ProvePartnerAsync(NpgsqlConnection store, string destination, Uri partner)
    {
        var numbers = new Dictionary<long, long>();
        await using (var query = new NpgsqlCommand("SELECT id, no FROM exchange.delivery WHERE destination = $1 AND state = 'd'", store))
        {
            query.Parameters.AddWithValue(destination);
            await using var rows = await query.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                numbers.Add(rows.GetInt64(0), rows.GetInt64(1));
            }
        }

        var arrived = (await site.Counterparts.DeliveriesAsync(partner)).Select(one => IdOf(one.Delivery)).ToHashSet();
        Contradict($"every delivery to {destination} arrived", numbers.Keys.Except(arrived).Select(id => $"delivery {id}"));
        Contradict($"nothing arrived at {destination} but what was delivered", arrived.Except(numbers.Keys).Select(id => $"delivery {id}"));

        var order = await site.Counterparts.OrderAsync(partner);
        Contradict($"{destination} got each person's deliveries in order", order.Where(subject =>
        {
            var taken = subject.Deliveries.Select(step => numbers.GetValueOrDefault(IdOf(step.Delivery))).ToArray();
            return !taken.SequenceEqual(taken.Order());
        }).Select(subject => subject.Subject));
    }

    /// <summary>The EHR has seen as many contents of each resource as there are versions of it here, and none came back.</summary>
    private async Task ProveVersionsAsync(NpgsqlConnection store)
    {
        var here = new Dictionary<string, int>(StringComparer.Ordinal);
        await using (var query = new NpgsqlCommand(
            """
            SELECT r.type, r.id, count(*)::int FROM phi.resource r JOIN phi.pack p ON p.id = r.pack
            WHERE NOT r.stale AND p.message_id IN (SELECT message_id FROM mediation.message) GROUP BY r.type, r.id
            """, store))
        {
            await using var rows = await query.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                here.Add($"{ResourceTypes.NameOf(rows.GetInt16(0))}/{rows.GetGuid(1)}", rows.GetInt32(2));
            }
        }

        var there = (await site.Counterparts.NamesAsync(site.Counterparts.Ehr)).ToDictionary(one => one.Name, one => one.Versions, StringComparer.Ordinal);
        Contradict("the EHR has every version of every resource once", here.Keys.Union(there.Keys)
            .Where(name => here.GetValueOrDefault(name) != there.GetValueOrDefault(name))
            .Select(name => $"{name}: {here.GetValueOrDefault(name)} here, {there.GetValueOrDefault(name)} there"));
    }

    private async Task ProveEventsAsync() => Contradict(
        "an event at the registry has one content",
        (await site.Counterparts.NamesAsync(site.Counterparts.Registry)).Where(one => one.Versions != 1).Select(one => $"{one.Name}: {one.Versions}"));

    private void Contradict(string sentence, IEnumerable<string> found)
    {
        var all = found.ToArray();
        if (all.Length > 0)
        {
            contradictions.Add($"Not so: {sentence}. {all.Length} contradict, such as {string.Join("; ", all.Take(5))}");
        }
    }

    /// <summary>A delivery's key is its id and its time of birth.</summary>
    private static long IdOf(string key) => long.Parse(key.AsSpan(0, key.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
}
