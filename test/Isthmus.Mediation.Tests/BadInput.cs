using System.Text;
using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>What is wrong with a message ends it in one readable way, and one bad field never loses the rest.</summary>
public sealed class BadInput(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private readonly Arranged.Mediation mediation = shared.Worker;

    [Fact]
    public async Task A_sound_message_is_committed_with_a_step_for_every_stage()
    {
        // A patient of whom no other test here has a message stopped.
        var worked = await mediation.CarryAsync(new Oru().Of("MRN10003", "Castellanos^Ines^R", "19460729", "F"));

        Assert.Equal('c', worked.Outcome);
        Assert.Empty(worked.Findings);
        Assert.Equal(
            ["open", "parse", "detect-critical", "admit", "validate", "identify", "translate", "conform", "complete", "route", "commit"],
            worked.Steps.EnumerateArray().Select(s => s[0].GetString()));
    }

    [Theory]
    [InlineData(1, "PID")]
    [InlineData(2, "OBR")]
    [InlineData(4, "OBR")]
    [InlineData(5, "OBX")]
    public async Task A_message_cut_short_is_quarantined_with_what_is_missing(int segments, string missing)
    {
        var cut = string.Join('\r', new Oru().ToString().Split('\r').Take(segments)) + "\r";

        var worked = await mediation.CarryAsync(Encoding.UTF8.GetBytes(cut));

        Assert.Equal('q', worked.Outcome);
        Assert.Contains(("message.segment-missing", "error", missing), worked.Findings);
        Assert.Equal(0, await mediation.CountAsync($"phi.pack WHERE message_id = {worked.Id}"));
    }

    [Fact]
    public async Task A_message_cut_at_any_byte_ends_in_one_outcome()
    {
        var whole = new Oru().Bytes();
        for (var length = 8; length < whole.Length; length += 37)
        {
            await mediation.JournalAsync(whole[..length], $"cut-{length}");
        }

        await mediation.WorkAsync();

        Assert.Equal(0, await mediation.CountAsync("exchange.inbox"));
        Assert.Equal(await mediation.CountAsync("exchange.journal"), await mediation.CountAsync("mediation.message WHERE outcome IN ('c', 'q', 'w', 'r')"));
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_quarantined()
    {
        var worked = await mediation.CarryAsync([0x00, 0xFF, 0x0B, 0x1C, 0x0D]);

        Assert.Equal('q', worked.Outcome);
        Assert.Contains("hl7.msh.missing", worked.Rules);
        Assert.Equal("parse", worked.LastStep);
    }

    [Fact]
    public async Task What_was_made_and_does_not_conform_to_FHIR_is_noted_and_goes_on()
    {
        // A pointer to a report that is no uri.
        var worked = await mediation.CarryAsync(new Oru { Results = [Oru.Result(1, "K^Potassium^L", "ht tp://archive a", "", type: "RP")] });

        Assert.Equal('c', worked.Outcome);
        Assert.Contains(("fhir.value.uri", "error", "DiagnosticReport[1].presentedForm[0].url"), worked.Findings);
        Assert.Contains(worked.Steps.EnumerateArray(), s => s[0].GetString() == "conform" && s[4].EnumerateArray().Any(rule => rule.GetString() == "fhir.value.uri"));
    }

    [Fact]
    public async Task Two_messages_in_one_frame_are_quarantined()
    {
        var worked = await mediation.CarryAsync(Encoding.UTF8.GetBytes(new Oru().ToString() + new Oru()));

        Assert.Equal('q', worked.Outcome);
        Assert.Contains(("hl7.msh.repeated", "error", "MSH[2]"), worked.Findings);
    }

    [Fact]
    public async Task Several_patients_in_one_message_are_quarantined()
    {
        var worked = await mediation.CarryAsync(new Oru { Trailing = ["PID|2||MRN10002^^^ST_ELSEWHERE^MR||Benoit^Thaddeus||19711102|M"] });

        Assert.Equal('q', worked.Outcome);
        Assert.Contains(("message.several-patients", "error", "PID[2]"), worked.Findings);
    }

    [Fact]
    public async Task A_character_set_that_is_not_read_is_quarantined()
    {
        var worked = await mediation.CarryAsync(new Oru { Charset = "CNS 11643-1992" });

        Assert.Equal('q', worked.Outcome);
        Assert.Contains(("hl7.msh.charset-unsupported", "error", "MSH-18"), worked.Findings);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_noted_and_the_message_lives()
    {
        var message = new Oru { Trailing = ["NTE|1|L|caf#"] }.Bytes();
        message[Array.IndexOf(message, (byte)'#')] = 0xE9;

        var worked = await mediation.CarryAsync(message);

        Assert.Equal('c', worked.Outcome);
        Assert.Contains("hl7.encoding.invalid-utf8", worked.Rules);
        Assert.Contains("caf\uFFFD", await mediation.RecordsTextAsync(worked.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Latin_1_is_decoded_once_even_where_a_field_is_held()
    {
        var message = Encoding.Latin1.GetBytes(new Oru { Charset = "8859/1", Trailing = ["NTE|1|L|Müller", "ZZZ|1|held"] }.ToString());

        var worked = await mediation.CarryAsync(message);

        Assert.Contains("contract.segment-unlisted", worked.Rules);
        Assert.Contains("Müller", await mediation.RecordsTextAsync(worked.Id), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OBX|1|NM|NA^Sodium^L||abc|mmol/L|||||F", "result.number-invalid", "OBX-5")]
    [InlineData("OBX|1|NM|NA^Sodium^L||139|mmol/L|||||F|||2026-13-99", "hl7.date-time.form-invalid", "OBX-14")]
    public async Task One_bad_field_never_loses_the_rest(string bad, string rule, string location)
    {
        var worked = await mediation.CarryAsync(new Oru { Results = [bad, Oru.Result(2, "K^Potassium^L", "4.1", "mmol/L")] });

        Assert.Equal('c', worked.Outcome);
        Assert.Contains(worked.Findings, f => f.Location == location);
        Assert.Contains(rule, worked.Rules);
        Assert.Equal(2, await ObservationsAsync(worked.Id));
    }

    [Fact]
    public async Task An_unknown_code_is_kept_as_the_sender_wrote_it()
    {
        var worked = await mediation.CarryAsync(new Oru { Results = [Oru.Result(1, "QQ7^Never seen^L", "1", "furlong")] });

        Assert.Equal('c', worked.Outcome);
        var records = await mediation.RecordsTextAsync(worked.Id);
        Assert.Contains("QQ7", records, StringComparison.Ordinal);
        Assert.Contains("furlong", records, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_over_long_field_never_loses_the_rest()
    {
        var long1 = new string('x', 5 * 1024 * 1024);
        var worked = await mediation.CarryAsync(new Oru { Results = [Oru.Result(1, "TXT^Comment^L", long1, "", type: "TX"), Oru.Result(2, "K^Potassium^L", "4.1", "mmol/L")] });

        Assert.Equal('c', worked.Outcome);
        Assert.Equal(2, await ObservationsAsync(worked.Id));
    }

    [Fact]
    public async Task As_many_results_as_a_message_may_hold_are_committed()
    {
        const int Most = 19_000;
        var worked = await mediation.CarryAsync(new Oru
        {
            Results = [.. Enumerable.Range(1, Most).Select(i => Oru.Result(i, $"T{i}^Test^L", "1", "mmol/L"))],
        });

        Assert.Equal('c', worked.Outcome);
        Assert.Equal(Most, await ObservationsAsync(worked.Id));
    }

    [Theory]
    [InlineData(@"\X00\")]
    [InlineData("\0")]
    [InlineData("\"}],{\"")]
    [InlineData("\uD83E\uDE78")]
    public async Task What_PostgreSQL_or_JSON_could_stumble_over_is_carried_as_text(string odd)
    {
        var worked = await mediation.CarryAsync(new Oru
        {
            Ward = $"4W{odd}^412",
            Results = [Oru.Result(1, $"K{odd}^{new string('a', 59)}{odd}b^L", "9.9", "mmol/L", flag: "HH")],
        });

        Assert.Equal('c', worked.Outcome);
        var alarm = Assert.Single(await mediation.SignalsAsync("critical-result", worked));
        Assert.Equal(string.Empty, alarm.Location);
        using var detail = System.Text.Json.JsonDocument.Parse(alarm.Detail);
        Assert.Equal("HH", detail.RootElement.GetProperty("flag").GetString());
    }

    [Fact]
    public async Task A_body_that_was_changed_in_the_journal_is_quarantined_and_its_neighbours_are_not()
    {
        var changed = await mediation.JournalAsync(new Oru());
        var lost = await mediation.JournalAsync(new Oru());
        var short1 = await mediation.JournalAsync(new Oru());
        var sound = await mediation.JournalAsync(new Oru());
        await mediation.Store.ExecuteAsOwnerAsync($"UPDATE exchange.journal SET body = set_byte(body, 9, get_byte(body, 9) # 1) WHERE id = {changed}");
        await mediation.Store.ExecuteAsOwnerAsync($"UPDATE exchange.journal SET seal_key = 999999 WHERE id = {lost}");
        await mediation.Store.ExecuteAsOwnerAsync($"UPDATE exchange.journal SET body = '\\x00' WHERE id = {short1}");

        await mediation.WorkAsync();

        foreach (var id in new[] { changed, lost, short1 })
        {
            var worked = await mediation.OutcomeAsync(id);
            Assert.Equal('q', worked.Outcome);
            Assert.Contains("journal.body-damaged", worked.Rules);
        }

        Assert.Equal('c', (await mediation.OutcomeAsync(sound)).Outcome);
    }

    private Task<long> ObservationsAsync(long message) =>
        mediation.CountAsync($"phi.resource r JOIN phi.pack p ON p.id = r.pack WHERE p.message_id = {message} AND r.type = {Records.ResourceTypes.NumberOf("Observation")}");
}
