using Npgsql;

namespace Isthmus.Trust.Ledger;

/// <summary>The words of an event. Without a detail it stands for every event of that kind, actor and login.</summary>
internal readonly record struct Phrase(string Kind, string Actor, string Login, string? Detail);

/// <summary>
/// The words that repeat from event to event, stored once and named by number. Kind, actor and login always; a detail
/// only when it has come up often enough lately, because most of the bytes of a ledger are the same few details
/// (destination, purpose, policy) and the rest never come again.
/// </summary>
internal sealed class PhraseBook(NpgsqlDataSource source)
{
    /// <summary>A detail seen this often among the recent ones is worth a phrase.</summary>
    private const int Often = 8;

    /// <summary>How many different details are counted before counting starts afresh.</summary>
    private const int Recent = 8192;

    /// <summary>Bounds the details kept; those that come later stay with their events.</summary>
    private const int MostDetails = 4096;

    /// <summary>Characters, at most three bytes each: with the longest kind and actor still less than the 2,704 bytes an index entry may have.</summary>
    private const int LongestDetail = 300;

    private const string Read = "SELECT id, kind, actor, login, detail FROM ledger.phrase";

    private const string Add =
        """
        INSERT INTO ledger.phrase (kind, actor, login, detail)
        SELECT kind, actor, login, detail FROM unnest($1, $2, $3, $4) AS p (kind, actor, login, detail)
        ORDER BY kind, actor, login, detail
        ON CONFLICT DO NOTHING
        """;

    private readonly Dictionary<Phrase, int> known = [];
    private readonly Dictionary<Phrase, int> sightings = [];
    private readonly HashSet<Phrase> wanted = [];
    private int details;

    /// <summary>Counts an event's words and notes which of them still need a number.</summary>
    public void Note(Phrase whole)
    {
        var words = whole with { Detail = null };
        if (!known.ContainsKey(words))
        {
            wanted.Add(words);
        }

        if (known.ContainsKey(whole) || details + wanted.Count >= MostDetails || whole.Detail!.Length > LongestDetail)
        {
            return;
        }

        if (sightings.Count >= Recent)
        {
            sightings.Clear();
        }

        sightings.TryGetValue(whole, out var seen);
        sightings[whole] = seen + 1;
        if (seen + 1 >= Often)
        {
            wanted.Add(whole);
        }
    }

    /// <summary>Gives numbers to what <see cref="Note"/> found wanting. A phrase that no event uses in the end does no harm.</summary>
    public async Task LearnAsync(CancellationToken cancellation)
    {
        if (wanted.Count == 0)
        {
            return;
        }

        await using (var add = source.CreateCommand(Add))
        {
            add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(p => p.Kind)] });
            add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(p => p.Actor)] });
            add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(p => p.Login)] });
            add.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. wanted.Select(p => p.Detail)] });
            await add.ExecuteNonQueryAsync(cancellation);
        }

        // Read whole: it is small, and another node may have added some of these first.
        await foreach (var (id, phrase) in ReadAsync(source, cancellation))
        {
            known[phrase] = id;
        }

        details = known.Keys.Count(p => p.Detail is not null);
        wanted.Clear();
        sightings.Clear();
    }

    /// <summary>The number of an event's words, and the detail that must stay with the event.</summary>
    public (int Phrase, string? OwnDetail) Find(Phrase whole) =>
        known.TryGetValue(whole, out var id) ? (id, null) : (known[whole with { Detail = null }], whole.Detail);

    /// <summary>Every phrase of the ledger.</summary>
    public static async IAsyncEnumerable<(int Id, Phrase Phrase)> ReadAsync(
        NpgsqlDataSource source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Read);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var detail = await reader.IsDBNullAsync(4, cancellation) ? null : reader.GetString(4);
            yield return (reader.GetInt32(0), new Phrase(reader.GetString(1), reader.GetString(2), reader.GetString(3), detail));
        }
    }
}
