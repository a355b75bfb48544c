using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Mediation.Codes;
using Isthmus.Mediation.Tests.Arranged;
using Isthmus.Records.Read;
using Isthmus.Store.Connections;
using Npgsql;

namespace Isthmus.Mediation.Tests;

/// <summary>A code that no table knows stays as sent, waits once for a meaning, and asks once per source and day.</summary>
public sealed class UnmappedCodes
{
    private static readonly ReadAuthority Petra = new("Petra", "HSYSADMIN", "weekly round");

    [Fact]
    public async Task A_code_waits_once_however_often_it_comes_and_one_task_asks_for_all_of_a_day()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        var first = await mediation.CarryAsync(Of("FERR^Ferritin^L", "C1"));
        var again = await mediation.CarryAsync(Of("FERR^Ferritin^L", "C2"));
        var other = await mediation.CarryAsync(Of("ZINC^Zinc^L", "C3"));

        Assert.All((Worked[])[first, again, other], m => Assert.Equal('c', m.Outcome));
        Assert.Contains("FERR", await mediation.PayloadTextAsync(first.Id, "ehr"), StringComparison.Ordinal);
        var codes = await Queue(mediation).ListAsync("lab", false, 10, Petra, CancellationToken.None);
        Assert.Equal([("FERR", "Ferritin", 2L), ("ZINC", "Zinc", 1L)], codes.Select(c => (c.Code, c.Display, c.Seen)));
        Assert.Equal(("local-codes", "codes", "OBX-3", "L"), (codes[0].Table, codes[0].Kind, codes[0].Field, codes[0].System));
        Assert.Equal([first.Id, again.Id], codes[0].Messages);

        // Of a second new code there is a signal as well, under the same key: it raises no second task.
        var keys = (await mediation.SignalsAsync("codes-unmapped", first, again, other)).Select(s => (s.Message, s.Key, s.Subject)).ToArray();
        Assert.Equal([first.Id, other.Id], keys.Select(k => k.Message));
        Assert.Single(keys.Select(k => (k.Key, k.Subject)).Distinct());
        Assert.StartsWith("codes/lab/", keys[0].Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Albrecht says it hurts^pain^L", "", "")]
    [InlineData("FERR^Ferritin of Mrs Albrecht, record number 10001, please call her daughter first^L", "FERR", "")]
    [InlineData("FERR^Ferritin MRN10001^L", "FERR", "")]
    public async Task What_is_no_code_or_no_name_of_a_test_is_not_shown(string sent, string code, string display)
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(Of(sent, "C1"));

        var waiting = Assert.Single(await Queue(mediation).ListAsync(null, false, 10, Petra, CancellationToken.None));
        Assert.Equal((code, display), (waiting.Code, waiting.Display));
    }

    [Fact]
    public async Task A_known_code_in_a_unit_that_no_row_is_for_waits_with_its_unit()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(new Oru { ControlId = "C1", Filler = "C1", Results = [Oru.Result(1, "K^Potassium^L", "16", "mg/dL"), Oru.Result(2, "K^Potassium^L", "4.1", "mmol/L")] });

        var waiting = Assert.Single(await Queue(mediation).ListAsync(null, false, 10, Petra, CancellationToken.None));
        Assert.Equal(("codes", "K", "L", "mg/dL"), (waiting.Kind, waiting.Code, waiting.System, waiting.Unit));
    }

    [Fact]
    public async Task A_unit_that_is_not_UCUM_waits_too()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(new Oru { Results = [Oru.Result(1, "K^Potassium^L", "4.1", "blobs/L")] });

        var waiting = await Queue(mediation).ListAsync(null, false, 10, Petra, CancellationToken.None);
        Assert.Equal(
            [("codes", "K", "OBX-3", "blobs/L"), ("units", "blobs/L", "OBX-6", "")],
            waiting.Select(code => (code.Kind, code.Code, code.Field, code.Unit)).Order());
    }

    [Fact]
    public async Task A_proposal_takes_a_code_off_the_list_and_is_in_the_ledger()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(Of("FERR^Ferritin^L", "C1"));
        var queue = Queue(mediation);
        var waiting = Assert.Single(await queue.ListAsync(null, false, 10, Petra, CancellationToken.None));

        await queue.ProposeAsync(waiting.Id, "2276-4", "Petra", CancellationToken.None);

        Assert.Empty(await queue.ListAsync(null, false, 10, Petra, CancellationToken.None));
        Assert.Equal(("proposed", "2276-4", "Petra"), Assert.Single(await queue.ListAsync(null, true, 10, Petra, CancellationToken.None)) is var p ? (p.State, p.Target, p.ProposedBy) : default);
        Assert.Equal(1, await mediation.CountAsync("ledger.pending p, unnest(p.kind) AS k WHERE k = 'code.proposed'"));
        Assert.Empty(await TablesWithAsync(mediation, "2276-4"));
    }

    [Fact]
    public async Task What_a_sender_writes_where_a_code_belongs_is_in_no_table_in_clear()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(Of("Zyxwarbler^Quorvinella^Ibbertwock", "C1"));
        await mediation.CarryAsync(Of("Zyxwarbler^Quorvinella^Ibbertwock", "C2"));

        var waiting = Assert.Single(await Queue(mediation).ListAsync(null, false, 10, Petra, CancellationToken.None));

        Assert.Equal(("Zyxwarbler", "Quorvinella", "Ibbertwock", 2L), (waiting.Code, waiting.Display, waiting.System, waiting.Seen));
        Assert.Empty(await TablesWithAsync(mediation, "Zyxwarbler", "Quorvinella", "Ibbertwock"));
    }

    [Fact]
    public async Task A_display_that_comes_later_is_kept_with_the_code()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(Of("FERR^^L", "C1"));
        await mediation.CarryAsync(Of("FERR^Ferritin^L", "C2"));
        await mediation.CarryAsync(Of("FERR^Iron store^L", "C3"));

        var waiting = Assert.Single(await Queue(mediation).ListAsync(null, false, 10, Petra, CancellationToken.None));

        Assert.Equal(("FERR", "Ferritin", 3L), (waiting.Code, waiting.Display, waiting.Seen));
    }

    [Fact]
    public async Task Who_opens_codes_is_in_the_ledger_and_without_the_ledger_none_is_opened()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(Of("FERR^Ferritin^L", "C1"));

        var waiting = Assert.Single(await Queue(mediation).ListAsync(null, false, 10, Petra, CancellationToken.None));

        var (actor, detail) = Assert.Single(await mediation.ReadAsync(
            "SELECT e.actor, e.detail FROM ledger.pending p, unnest(p.kind, p.actor, p.detail) AS e(kind, actor, detail) WHERE e.kind = 'code.read'",
            r => (r.GetString(0), JsonDocument.Parse(r.GetString(1)).RootElement)));
        Assert.Equal(("Petra", "weekly round", waiting.Id), (actor, detail.GetProperty("reason").GetString(), detail.GetProperty("codes")[0].GetInt64()));

        await mediation.Store.ExecuteAsOwnerAsync("ALTER TABLE ledger.pending ADD CONSTRAINT forced CHECK (false) NOT VALID");
        await Assert.ThrowsAsync<PostgresException>(() => Queue(mediation).FindAsync(waiting.Id, Petra, CancellationToken.None));
    }

    [Fact]
    public async Task A_code_moved_to_another_row_does_not_open()
    {
        await using var mediation = await Arranged.Mediation.StartAsync();
        await mediation.CarryAsync(Of("FERR^Ferritin^L", "C1"));
        await mediation.CarryAsync(Of("ZINC^Zinc^L", "C2"));
        await mediation.Store.ExecuteAsOwnerAsync("UPDATE mediation.unmapped_code SET sent = (SELECT sent FROM mediation.unmapped_code ORDER BY id LIMIT 1)");

        await Assert.ThrowsAnyAsync<CryptographicException>(() => Queue(mediation).ListAsync(null, false, 10, Petra, CancellationToken.None));
    }

    private static Oru Of(string code, string control) =>
        new() { ControlId = control, Filler = control, Results = [Oru.Result(1, code, "139", "mmol/L")] };

    private static UnmappedCodeQueue Queue(Arranged.Mediation mediation) => new(mediation.Store.For(ZoneRole.Mediation), mediation.Tenant);

    /// <summary>The tables that hold one of the words, in clear or in bytes shown as hexadecimal digits.</summary>
    private static async Task<List<string>> TablesWithAsync(Arranged.Mediation mediation, params string[] words)
    {
        var tables = await mediation.ReadAsync(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text NOT LIKE 'pg\\_%'", r => r.GetString(0));
        var patterns = string.Join(',', words.SelectMany(w => (string[])[w, Convert.ToHexString(Encoding.UTF8.GetBytes(w))]).Select(w => $"'%{w}%'"));
        var holding = new List<string>();
        foreach (var table in tables)
        {
            if (await mediation.CountAsync($"{table} t WHERE t::text ILIKE ANY (ARRAY[{patterns}])") > 0)
            {
                holding.Add(table);
            }
        }

        Assert.Contains("mediation.unmapped_code", tables);
        return holding;
    }
}
