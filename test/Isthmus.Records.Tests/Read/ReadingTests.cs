using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Records.Read;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Records.Tests.Read;

public sealed class ReadingTests(SharedRecords records) : IClassFixture<SharedRecords>
{
    private const string Append = "ledger.append(smallint, text[], text[], bigint[], uuid[], text[])";

    private static readonly ReadAuthority Nurse = new("nurse.a", "TREAT", "shift hand-over");

    private readonly long message = SharedRecords.NewMessage();
    private readonly PersonId person = PersonId.New();

    [Fact]
    public async Task What_was_committed_is_read_again_byte_for_byte()
    {
        ResourceDraft[] drafts =
        [
            Drafts.Patient(Guid.NewGuid(), "Quillfeather"),
            Drafts.Observation(Guid.NewGuid(), "4.1 µmol/L", new Standing(4, 1, 1)),
        ];
        await records.CommitAsync((message, person, drafts));

        var read = await ReadAsync(message);

        Assert.Equal(drafts.Select(d => (d.Type, d.Id.ToString("D"))), read.Select(r => (r.Type, r.Id)));
        Assert.Equal(drafts.Select(d => Encoding.UTF8.GetString(d.Json.Span)), read.Select(r => Encoding.UTF8.GetString(r.Json.Span)));
    }

    [Fact]
    public async Task A_thin_row_points_at_its_resource_in_the_pack()
    {
        var draft = Drafts.Patient(Guid.NewGuid(), "Quillfeather");
        await records.CommitAsync((message, person, [Drafts.Observation(Guid.NewGuid(), "1", default), draft]));

        var row = await records.AskAsync<int[]>($"SELECT ARRAY[start, length] FROM phi.resource WHERE id = '{draft.Id}'");

        Assert.Equal(draft.Json.Length, row[1]);
        Assert.True(row[0] > 0);
    }

    [Fact]
    public async Task Reading_is_audited_once_per_person_under_the_login_that_read()
    {
        var other = PersonId.New();
        await records.CommitAsync(
            (message, person, [Drafts.Patient(Guid.NewGuid(), "One")]), (message, other, [Drafts.Patient(Guid.NewGuid(), "Two")]));

        await ReadAsync(message);

        Assert.Equal("isthmus_mediation|nurse.a|record.read", await records.AskAsync<string>(
            $"SELECT DISTINCT login || '|' || actor[1] || '|' || kind[1] FROM ledger.pending WHERE {message} = ANY(message)"));
        var persons = await records.AskAsync<Guid[]>($"SELECT person FROM ledger.pending WHERE {message} = ANY(message)");
        Assert.Equal(new[] { person.Value, other.Value }.Order(), persons.Order());
    }

    [Fact]
    public async Task Reading_what_is_not_there_is_audited_too()
    {
        Assert.Empty(await ReadAsync(message));

        Assert.Equal(1L, await records.AskAsync<long>($"SELECT count(*) FROM ledger.pending WHERE {message} = ANY(message)"));
    }

    [Fact]
    public async Task No_audit_no_access()
    {
        await records.CommitAsync((message, person, [Drafts.Patient(Guid.NewGuid(), "Quillfeather")]));
        Assert.Single(await ReadAsync(message));
        try
        {
            await records.Store.ExecuteAsOwnerAsync($"REVOKE EXECUTE ON FUNCTION {Append} FROM isthmus_mediation");

            var refused = await Assert.ThrowsAsync<PostgresException>(() => ReadAsync(message));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
        finally
        {
            await records.Store.ExecuteAsOwnerAsync($"GRANT EXECUTE ON FUNCTION {Append} TO isthmus_mediation");
        }
    }

    [Fact, HostileRow("G07")]
    public async Task A_pack_moved_to_another_row_does_not_open()
    {
        var elsewhere = SharedRecords.NewMessage();
        await records.CommitAsync(
            (message, person, [Drafts.Patient(Guid.NewGuid(), "Quillfeather")]), (elsewhere, person, [Drafts.Patient(Guid.NewGuid(), "Ward")]));
        await records.Store.ExecuteAsOwnerAsync(
            $"UPDATE phi.pack a SET body = b.body, salt = b.salt FROM phi.pack b WHERE a.message_id = {elsewhere} AND b.message_id = {message}");

        Assert.Single(await ReadAsync(message));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(elsewhere));
    }

    [Theory, HostileRow("G07")]
    [InlineData("person = gen_random_uuid()")]
    [InlineData("salt = decode(repeat('00', 32), 'hex')")]
    [InlineData("body = set_byte(body, 0, get_byte(body, 0) # 1)")]
    [InlineData("body = substring(body FOR 7)")]
    public async Task A_row_that_was_tampered_with_does_not_open(string change)
    {
        await records.CommitAsync((message, person, [Drafts.Patient(Guid.NewGuid(), "Quillfeather")]));
        await records.Store.ExecuteAsOwnerAsync($"UPDATE phi.pack SET {change} WHERE message_id = {message}");

        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(message));
    }

    [Fact]
    public async Task Nothing_of_a_pack_lies_in_the_clear()
    {
        await records.CommitAsync((message, person, [Drafts.Patient(Guid.NewGuid(), "Zephyrwick")]));

        var hex = Convert.ToHexStringLower("Zephyrwick"u8);
        foreach (var table in (string[])["phi.pack", "phi.resource", "phi.search", "phi.tenant_key", "ledger.pending"])
        {
            Assert.Equal(0L, await records.AskAsync<long>(
                $"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%Zephyrwick%' OR t::text LIKE '%{hex}%'"));
        }
    }

    [Fact]
    public async Task The_current_version_of_a_resource_is_read_by_its_id_and_the_reading_is_on_record()
    {
        var draft = Drafts.Patient(Guid.NewGuid(), "Quillfeather");
        await records.CommitAsync((message, person, [Drafts.Observation(Guid.NewGuid(), "1", default), draft]));

        var read = await ReadOneAsync(draft.Id, mayRead: true);

        Assert.Equal(Encoding.UTF8.GetString(draft.Json.Span), Encoding.UTF8.GetString(read!.Json.Reveal().Span));
        Assert.Equal((person, 1), (read.Person, read.Version));
        Assert.Equal("given", await OutcomeAsync(draft.Id));
    }

    [Fact]
    public async Task What_is_held_back_is_answered_as_what_is_absent_and_told_apart_on_record()
    {
        var draft = Drafts.Patient(Guid.NewGuid(), "Quillfeather");
        await records.CommitAsync((message, person, [draft]));
        var absent = Guid.NewGuid();

        Assert.Null(await ReadOneAsync(draft.Id, mayRead: false));
        Assert.Null(await ReadOneAsync(absent, mayRead: true));

        Assert.Equal("held-back", await OutcomeAsync(draft.Id));
        Assert.Equal("absent", await OutcomeAsync(absent));
    }

    [Fact]
    public async Task Another_tenant_s_record_is_absent()
    {
        var draft = Drafts.Patient(Guid.NewGuid(), "Quillfeather");
        await records.CommitAsync((message, person, [draft]));
        var other = await Isthmus.Records.Keys.TenantKeys.LoadAsync(records.Mediation, records.Folder, SharedRecords.KeyFile, 2, CancellationToken.None);

        Assert.Null(await ReadOneAsync(draft.Id, mayRead: true, other));
    }

    [Fact]
    public async Task The_api_s_login_reads_and_writes_nothing()
    {
        var draft = Drafts.Patient(Guid.NewGuid(), "Quillfeather");
        await records.CommitAsync((message, person, [draft]));
        var api = records.Store.For(Store.Connections.ZoneRole.Api);

        Assert.NotNull(await Isthmus.Records.Keys.TenantKeys.FindAsync(api, records.Folder, SharedRecords.KeyFile, SharedRecords.Tenant, CancellationToken.None));
        Assert.Null(await Isthmus.Records.Keys.TenantKeys.FindAsync(api, records.Folder, SharedRecords.KeyFile, 99, CancellationToken.None));
        await using var audit = new ReadAudit(api, TimeProvider.System);
        Assert.NotNull(await new ResourceReader(api, records.Keys, audit).ReadAsync("Patient", draft.Id, Nurse, Permit(true), CancellationToken.None));
        await using var write = api.CreateCommand("DELETE FROM phi.resource");
        await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task Versions_that_were_current_are_the_history_and_late_ones_are_not()
    {
        var id = Guid.NewGuid();
        foreach (var (value, standing) in ((string, Standing)[])[("4.1", new Standing(4, 0, 1)), ("6.1", new Standing(7, 0, 3)), ("5.5", new Standing(4, 0, 2)), ("6.2", new Standing(7, 0, 4))])
        {
            await records.CommitAsync((SharedRecords.NewMessage(), person, [Drafts.Observation(id, value, standing)]));
        }

        await using var audit = new ReadAudit(records.Mediation, TimeProvider.System);
        var reader = new ResourceReader(records.Mediation, records.Keys, audit);
        var history = await reader.HistoryAsync("Observation", id, null, 10, Nurse, Permit(true), default);

        Assert.Equal([4, 2, 1], history.Select(v => v.Version));
        ReadPermit odd = (found, _) => Task.FromResult<IReadOnlyList<bool>>([.. found.Select(v => v.Version != 4)]);
        Assert.Equal([2], (await reader.HistoryAsync("Observation", id, null, 1, Nurse, odd, default)).Select(v => v.Version));
        Assert.Equal([2, 1], (await reader.HistoryAsync("Observation", id, null, 2, Nurse, odd, default)).Select(v => v.Version));
        Assert.Equal([2, 1], (await reader.HistoryAsync("Observation", id, 4, 10, Nurse, Permit(true), default)).Select(v => v.Version));
        Assert.Equal(2, (await reader.ReadVersionAsync("Observation", id, 2, Nurse, Permit(true), default))!.Version);
        Assert.Null(await reader.ReadVersionAsync("Observation", id, 3, Nurse, Permit(true), default));
        Assert.Null(await reader.ReadVersionAsync("Observation", id, 9, Nurse, Permit(true), default));
        Assert.Empty(await reader.HistoryAsync("Observation", id, null, 10, Nurse, Permit(false), default));
        Assert.Null(await reader.ReadVersionAsync("Observation", id, 2, Nurse, Permit(false), default));
    }

    private static ReadPermit Permit(bool may) => (found, _) => Task.FromResult<IReadOnlyList<bool>>([.. found.Select(_ => may)]);

    private async Task<StoredResource?> ReadOneAsync(Guid id, bool mayRead, Isthmus.Records.Keys.TenantKeys? keys = null)
    {
        await using var audit = new ReadAudit(records.Mediation, TimeProvider.System);
        return await new ResourceReader(records.Mediation, keys ?? records.Keys, audit).ReadAsync("Patient", id, Nurse, Permit(mayRead), CancellationToken.None);
    }

    private Task<string> OutcomeAsync(Guid id) =>
        records.AskAsync<string>($"SELECT detail[1]::json->>'outcome' FROM ledger.pending WHERE detail[1]::json->>'resource' = 'Patient/{id:D}'");

    private Task<IReadOnlyList<Exchange.Packs.PackedResource>> ReadAsync(long id) =>
        new RecordReader(records.Mediation, records.Keys).ReadMessageAsync(id, Nurse, CancellationToken.None);
}
